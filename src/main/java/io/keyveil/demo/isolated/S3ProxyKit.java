package io.keyveil.demo.isolated;

import io.keyveil.demo.DemoCertificate;
import io.keyveil.demo.DemoKit;
import io.keyveil.demo.DemoS3;
import io.keyveil.demo.DemoUnavailableException;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.NetUtil;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** The demo's kit, made of S3Proxy and Netty's certificate builder. */
public final class S3ProxyKit implements DemoKit {
  @Override
  public DemoS3 startS3(
      Path folder, String accessKeyId, String secretAccessKey, List<String> buckets) {
    try {
      Files.createDirectories(folder);
      BlobStore objects = new FilesystemNio2BlobStore(folder.toString());
      for (String bucket : buckets) {
        if (!objects.containerExists(bucket)) {
          var unused = objects.createContainer(bucket);
        }
      }
      S3Proxy server =
          S3Proxy.builder()
              .blobStore(objects)
              .endpoint(URI.create("http://127.0.0.1:0"))
              .awsAuthentication(AuthenticationType.AWS_V4, accessKeyId, secretAccessKey)
              .ignoreUnknownHeaders(true)
              .stopTimeout(0)
              .build();
      server.start();
      return new RunningS3(server, objects);
    } catch (IOException e) {
      throw new DemoUnavailableException("demo: the folder for objects cannot be used", e);
    } catch (Exception e) {
      throw new DemoUnavailableException("demo: the S3 server did not start", e);
    }
  }

  @Override
  public DemoCertificate certificate(List<String> hosts) {
    Instant now = Instant.now();
    CertificateBuilder builder =
        new CertificateBuilder()
            .subject("CN=" + hosts.get(0) + ", O=Keyveil demo")
            .rsa2048()
            .notBefore(now.minus(1, ChronoUnit.DAYS))
            .notAfter(now.plus(365, ChronoUnit.DAYS))
            .setIsCertificateAuthority(true);
    for (String host : hosts) {
      builder = isAddress(host) ? builder.addSanIpAddress(host) : builder.addSanDnsName(host);
    }
    try {
      X509Bundle bundle = builder.buildSelfSigned();
      return new DemoCertificate(bundle.getCertificatePEM(), bundle.getPrivateKeyPEM());
    } catch (Exception e) {
      throw new DemoUnavailableException("demo: no certificate could be made", e);
    }
  }

  private static boolean isAddress(String host) {
    return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
  }

  /** A started S3Proxy with its store. */
  private record RunningS3(S3Proxy server, BlobStore objects) implements DemoS3 {
    @Override
    public URI endpoint() {
      return URI.create("http://127.0.0.1:" + server.getPort());
    }

    @Override
    public boolean has(String bucket, String key) {
      return objects.blobExists(bucket, key);
    }

    @Override
    public void put(String bucket, String key, byte[] content) {
      PutObjectRequest request =
          PutObjectRequest.builder()
              .bucket(bucket)
              .key(key)
              .contentLength((long) content.length)
              .build();
      var unused = objects.putBlob(request, new ByteArrayInputStream(content));
    }

    @Override
    public void close() {
      try {
        server.stop();
      } catch (Exception e) {
        throw new DemoUnavailableException("demo: the S3 server did not stop", e);
      } finally {
        objects.close();
      }
    }
  }
}
