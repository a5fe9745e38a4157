package io.keyveil.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What is counted. Labels are words from our own lists and route templates, never an ID, a subject
 * or a key.
 */
public final class Meters implements AutoCloseable {
  /** Upper ends of what is told apart, from a cached answer to one that was waited for in vain. */
  private static final Duration[] BUCKETS =
      Stream.of(2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collector = new JvmGcMetrics();
  private final AtomicInteger downloads = new AtomicInteger();

  /** Found again by their labels, of which there are few; building a meter anew costs too much. */
  private final Map<List<String>, Timer> answers = new ConcurrentHashMap<>();

  private final Map<List<String>, Timer> firstBytes = new ConcurrentHashMap<>();
  private final Map<String, Timer> s3Answers = new ConcurrentHashMap<>();
  private final Map<List<String>, Counter> decisions = new ConcurrentHashMap<>();
  private final Map<List<String>, Counter> overruns = new ConcurrentHashMap<>();
  private final Map<String, DistributionSummary> sizes = new ConcurrentHashMap<>();

  /** Held here, since a function counter does not hold what it reads. */
  private final List<Supplier<Number>> totals = new CopyOnWriteArrayList<>();

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

  /** The time that {@link #firstByte} and {@link #s3Answered} count from. */
  public long now() {
    return registry.config().clock().monotonicTime();
  }

  /** Measures how long the head of an answer on the public listener took to leave. */
  public void firstByte(String route, int status, long asked) {
    firstBytes
        .computeIfAbsent(List.of(route, Integer.toString(status)), this::firstByteTimer)
        .record(now() - asked, TimeUnit.NANOSECONDS);
  }

  private Timer firstByteTimer(List<String> labels) {
    return Timer.builder("keyveil.http.first.byte")
        .description("Time from the first line of a request to the first byte of its answer")
        .tag("route", labels.get(0))
        .tag("status", labels.get(1))
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  /** Measures how long S3 took to answer, or to fail. */
  public void s3Answered(String outcome, long asked) {
    s3AnswerOf(outcome).record(now() - asked, TimeUnit.NANOSECONDS);
  }

  /** Begins the measure of an outcome that has not come yet. */
  public void expectS3Answer(String outcome) {
    var unused = s3AnswerOf(outcome);
  }

  private Timer s3AnswerOf(String outcome) {
    return s3Answers.computeIfAbsent(outcome, this::s3Timer);
  }

  private Timer s3Timer(String outcome) {
    return Timer.builder("keyveil.s3.answers")
        .description("Time from asking S3 for an object to the head of its answer")
        .tag("outcome", outcome)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  /** Counts a decision about a download. */
  public void decided(String decision, String reason) {
    decisionOf(decision, reason).increment();
  }

  /** Begins the count of a decision that has not come yet. */
  public void expectDecision(String decision, String reason) {
    var unused = decisionOf(decision, reason);
  }

  private Counter decisionOf(String decision, String reason) {
    return decisions.computeIfAbsent(List.of(decision, reason), this::decisionCounter);
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
    overrunOf(kind, mode).increment();
  }

  /** Begins a count of what has not been over its limit yet. */
  public void expectLimited(String kind, String mode) {
    var unused = overrunOf(kind, mode);
  }

  private Counter overrunOf(String kind, String mode) {
    return overruns.computeIfAbsent(List.of(kind, mode), this::overrunCounter);
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
    sizeOf(ending).record((double) sent);
  }

  /** Begins the count of downloads that end in a way that none has ended in yet. */
  public void expectEnding(String ending) {
    var unused = sizeOf(ending);
  }

  private DistributionSummary sizeOf(String ending) {
    return sizes.computeIfAbsent(ending, this::sizeSummary);
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
    againCounter(step, failure).increment();
  }

  /** Begins a count of questions that were not asked again yet. */
  public void expectAgain(String step, String failure) {
    var unused = againCounter(step, failure);
  }

  private Counter againCounter(String step, String failure) {
    return Counter.builder("keyveil.s3.again")
        .description("Questions that S3 was asked again, or that were given up")
        .tag("step", step)
        .tag("failure", failure)
        .register(registry);
  }

  /** Counts a connection that was closed for what it did before anybody knew whose it was. */
  public void connectionRefused(String reason) {
    connectionCounter(reason).increment();
  }

  /** Begins a count of connections that were not closed for that yet. */
  public void expectRefusedConnection(String reason) {
    var unused = connectionCounter(reason);
  }

  private Counter connectionCounter(String reason) {
    return Counter.builder("keyveil.connections.refused")
        .description("Connections closed for their address, or for what they sent")
        .tag("reason", reason)
        .register(registry);
  }

  /** Counts a failure that an operator should hear of. */
  public void alarm(String kind) {
    alarmCounter(kind).increment();
  }

  /** Begins the count of an alarm that was not raised yet. */
  public void expectAlarm(String kind) {
    var unused = alarmCounter(kind);
  }

  private Counter alarmCounter(String kind) {
    return Counter.builder("keyveil.alarms")
        .description("Failures that an operator should look at")
        .tag("kind", kind)
        .register(registry);
  }

  /** Shows a figure that is read when it is asked for. */
  public void gauge(String name, String description, Supplier<Number> figure) {
    Gauge.builder(name, figure).description(description).register(registry);
  }

  /** The same for one of several figures of a kind, told apart by a word. */
  public void gauge(
      String name, String description, String label, String word, Supplier<Number> figure) {
    Gauge.builder(name, figure).description(description).tag(label, word).register(registry);
  }

  /** Shows a count that is kept elsewhere and only grows. */
  public void total(
      String name, String description, String label, String word, Supplier<Number> count) {
    totals.add(count);
    FunctionCounter.builder(name, count, kept -> kept.get().doubleValue())
        .description(description)
        .tag(label, word)
        .register(registry);
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
