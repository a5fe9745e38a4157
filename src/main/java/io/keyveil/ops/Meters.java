package io.keyveil.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * What is counted. Labels are words from our own lists and route templates, never an ID, a subject
 * or a key.
 */
public final class Meters implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collector = new JvmGcMetrics();
  private final AtomicInteger downloads = new AtomicInteger();

  /** Found again by their labels, of which there are few; building a meter anew costs too much. */
  private final Map<List<String>, Timer> answers = new ConcurrentHashMap<>();

  private final Map<List<String>, Counter> decisions = new ConcurrentHashMap<>();
  private final Map<List<String>, Counter> overruns = new ConcurrentHashMap<>();
  private final Map<String, DistributionSummary> sizes = new ConcurrentHashMap<>();
  private final Counter bytes =
      Counter.builder("keyveil.downloads.bytes")
          .description("Bytes of files handed to clients")
          .baseUnit("bytes")
          .register(registry);

  public Meters() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collector.bindTo(registry);
    Gauge.builder("keyveil.downloads.running", downloads, AtomicInteger::get)
        .description("Downloads that are streaming now")
        .register(registry);
  }

  /** Counts an answer on the public listener. */
  public void answered(String route, String method, int status, Duration took) {
    answers
        .computeIfAbsent(List.of(route, method, Integer.toString(status)), this::answerTimer)
        .record(took);
  }

  private Timer answerTimer(List<String> labels) {
    return Timer.builder("keyveil.http.requests")
        .description("Requests on the public listener, from first line to last byte")
        .tag("route", labels.get(0))
        .tag("method", labels.get(1))
        .tag("status", labels.get(2))
        .register(registry);
  }

  /** Counts a decision about a download. */
  public void decided(String decision, String reason) {
    decisions.computeIfAbsent(List.of(decision, reason), this::decisionCounter).increment();
  }

  private Counter decisionCounter(List<String> labels) {
    return Counter.builder("keyveil.decisions")
        .description("Decisions about downloads")
        .tag("decision", labels.get(0))
        .tag("reason", labels.get(1))
        .register(registry);
  }

  /** Counts what was over a rate limit. */
  public void limited(String kind, String mode) {
    overruns.computeIfAbsent(List.of(kind, mode), this::overrunCounter).increment();
  }

  private Counter overrunCounter(List<String> labels) {
    return Counter.builder("keyveil.limited")
        .description("Requests refused and streams slowed by a rate limit, or only reported")
        .tag("kind", labels.get(0))
        .tag("mode", labels.get(1))
        .register(registry);
  }

  /** Counts a download that begins to stream. */
  public void downloadBegan() {
    downloads.incrementAndGet();
  }

  /** Counts a download that stopped streaming. */
  public void downloadEnded(String ending, long sent) {
    downloads.decrementAndGet();
    bytes.increment((double) sent);
    sizes.computeIfAbsent(ending, this::sizeSummary).record((double) sent);
  }

  private DistributionSummary sizeSummary(String ending) {
    return DistributionSummary.builder("keyveil.downloads.size")
        .description("Bytes handed to the client in one download")
        .baseUnit("bytes")
        .tag("ending", ending)
        .register(registry);
  }

  /** Counts a question that S3 was asked again. */
  public void askedAgain(String step, String failure) {
    Counter.builder("keyveil.s3.again")
        .description("Questions that S3 was asked again, or that were given up")
        .tag("step", step)
        .tag("failure", failure)
        .register(registry)
        .increment();
  }

  /** Counts a connection that was closed for what it did before anybody knew whose it was. */
  public void connectionRefused(String reason) {
    Counter.builder("keyveil.connections.refused")
        .description("Connections closed for their address, or for what they sent")
        .tag("reason", reason)
        .register(registry)
        .increment();
  }

  /** Counts a failure that an operator should hear of. */
  public void alarm(String kind) {
    Counter.builder("keyveil.alarms")
        .description("Failures that an operator should look at")
        .tag("kind", kind)
        .register(registry)
        .increment();
  }

  /** Shows a figure that is read when it is asked for. */
  public void gauge(String name, String description, Supplier<Number> figure) {
    Gauge.builder(name, figure).description(description).register(registry);
  }

  /** Everything, in the Prometheus text format. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    collector.close();
    registry.close();
  }
}
