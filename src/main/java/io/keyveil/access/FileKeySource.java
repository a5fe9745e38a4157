package io.keyveil.access;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileProps;
import io.vertx.core.file.FileSystem;
import java.nio.file.Path;

/** A JWK set in a file, which may be replaced at any time. */
final class FileKeySource implements KeySource {
  private final FileSystem files;
  private final String path;

  FileKeySource(FileSystem files, Path path) {
    this.files = files;
    this.path = path.toString();
  }

  @Override
  public Future<Buffer> read() {
    return files
        .props(path)
        .compose(
            props ->
                props.size() > JwkSet.MAX_BYTES
                    ? Future.failedFuture("the file is too large")
                    : files.readFile(path))
        .recover(failure -> Future.failedFuture("cannot read " + path));
  }

  @Override
  public Future<String> mark() {
    return files.props(path).map(FileKeySource::mark);
  }

  private static String mark(FileProps props) {
    return props.lastModifiedTime() + "/" + props.size();
  }
}
