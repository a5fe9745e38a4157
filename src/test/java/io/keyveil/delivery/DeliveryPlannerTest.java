package io.keyveil.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyveil.file.DeliveryPolicy;
import io.keyveil.file.FileRecord;
import io.keyveil.file.SampleFiles;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * How allowed requests are answered.
 *
 * <p>The tables are matrices: the first line names the columns, the first word of each further line
 * the row. Plans are written {@code send}, {@code first-last}, {@code head}, {@code redirect}, and
 * by their status where they send nothing.
 */
final class DeliveryPlannerTest {
  private static final long THRESHOLD = 1000;
  private static final List<String> TAGS = List.of("-", "same", "other", "any", "weak", "none");
  private static final List<String> TIMES = List.of("-", "before", "equal", "after");

  private final DeliveryPlanner planner = new DeliveryPlanner(THRESHOLD);

  /** Rows: policy and size; columns: whose key, and whether the client asked for a redirect. */
  @TestFactory
  Stream<DynamicTest> redirectsWhereTheKeyIsOpaqueAndThePolicyWantsIt() {
    return matrix(
        """
                       opaque,asked  opaque,plain  named,asked  named,plain
        auto,0         send          send          send         send
        auto,1         send          send          send         send
        auto,999       send          send          send         send
        auto,1000      redirect      send          send         send
        auto,1001      redirect      send          send         send
        stream,0       send          send          send         send
        stream,999     send          send          send         send
        stream,1000    send          send          send         send
        stream,5000    send          send          send         send
        redirect,0     redirect      redirect      send         send
        redirect,1     redirect      redirect      send         send
        redirect,999   redirect      redirect      send         send
        redirect,1000  redirect      redirect      send         send
        """,
        (row, column) -> {
          String[] file = row.split(",", 2);
          String[] way = column.split(",", 2);
          return plan(
              file(file[0], way[0], Long.parseLong(file[1])),
              new Ask(false, Optional.empty(), Conditions.NONE, way[1].equals("asked")));
        });
  }

  /** Rows: ranges; columns: sizes. */
  @TestFactory
  Stream<DynamicTest> cutsRangesToTheFile() {
    return matrix(
        """
                     0     1     10    1000
        0-           416   0-0   0-9   0-999
        0-0          416   0-0   0-0   0-0
        0-8          416   0-0   0-8   0-8
        0-9          416   0-0   0-9   0-9
        0-10         416   0-0   0-9   0-10
        1-           416   416   1-9   1-999
        9-9          416   416   9-9   9-9
        10-          416   416   416   10-999
        10-20        416   416   416   10-20
        999-5000     416   416   416   999-999
        -0           416   416   416   416
        -1           416   0-0   9-9   999-999
        -10          416   0-0   0-9   990-999
        -11          416   0-0   0-9   989-999
        """,
        (row, column) ->
            plan(
                file("stream", "named", Long.parseLong(column)),
                new Ask(false, range(row), Conditions.NONE, false)));
  }

  /** Rows: If-Match and If-Unmodified-Since; columns: If-None-Match and If-Modified-Since. */
  @TestFactory
  Stream<DynamicTest> takesPreconditionsInTheirOrder() {
    return matrix(
        """
                      -,-   same,-  other,-  weak,-  any,-  -,before  -,equal  -,after  other,after  same,before
        -,-           send  304     send     304     304    send      304      304      send         304
        same,-        send  304     send     304     304    send      304      304      send         304
        any,-         send  304     send     304     304    send      304      304      send         304
        other,-       412   412     412      412     412    412       412      412      412          412
        weak,-        412   412     412      412     412    412       412      412      412          412
        none,-        412   412     412      412     412    412       412      412      412          412
        -,after       send  304     send     304     304    send      304      304      send         304
        -,equal       send  304     send     304     304    send      304      304      send         304
        -,before      412   412     412      412     412    412       412      412      412          412
        same,before   send  304     send     304     304    send      304      304      send         304
        other,after   412   412     412      412     412    412       412      412      412          412
        """,
        (row, column) ->
            plan(
                file("auto", "named", 10),
                new Ask(
                    false,
                    Optional.empty(),
                    conditions(row.split(",", 2), column.split(",", 2), "-"),
                    false)));
  }

  /** Rows: If-Range; columns: a range of a streamed file, and of one that would be redirected. */
  @TestFactory
  Stream<DynamicTest> bindsARangeToAStrongTagOnly() {
    return matrix(
        """
                stream,-  stream,2-3  stream,99-  redirect,-  redirect,2-3  redirect,99-
        -       send      2-3         416         redirect    redirect      416
        same    send      2-3         416         redirect    redirect      416
        other   send      send        send        send        send          send
        weak    send      send        send        send        send          send
        date    send      send        send        send        send          send
        empty   send      send        send        send        send          send
        """,
        (row, column) -> {
          String[] asked = column.split(",", 2);
          return plan(
              file(asked[0], "opaque", 10),
              new Ask(
                  false,
                  range(asked[1]),
                  conditions(new String[] {"-", "-"}, new String[] {"-", "-"}, row),
                  false));
        });
  }

  /** Rows: a range; columns: policy and precondition. */
  @TestFactory
  Stream<DynamicTest> answersHeadItselfAndWithoutRanges() {
    return matrix(
        """
               redirect,-  auto,-  stream,-  redirect,same  redirect,other
        -      head        head    head      304            head
        2-3    head        head    head      304            head
        99-    head        head    head      304            head
        """,
        (row, column) -> {
          String[] way = column.split(",", 2);
          return plan(
              file(way[0], "opaque", 10),
              new Ask(
                  true,
                  range(row),
                  conditions(new String[] {"-", "-"}, new String[] {way[1], "-"}, "-"),
                  true));
        });
  }

  @Test
  void looksAtPreconditionsBeforeTheRange() {
    Ask ask =
        new Ask(
            false,
            range("99-"),
            conditions(new String[] {"other", "-"}, new String[] {"same", "-"}, "same"),
            true);
    assertThat(plan(file("redirect", "opaque", 10), ask)).isEqualTo("412");
  }

  @Test
  void neverRedirectsAKeyThatAPersonChoseWhateverIsAsked() {
    List<Ask> asks = everyAsk();
    assertThat(asks).hasSizeGreaterThan(5000);
    for (DeliveryPolicy policy : DeliveryPolicy.values()) {
      for (long size : new long[] {0, 1, THRESHOLD, Long.MAX_VALUE}) {
        FileRecord named = SampleFiles.delivered(policy, false, size);
        asks.forEach(ask -> assertThat(plan(named, ask)).isNotEqualTo("redirect"));
      }
    }
  }

  @Test
  void redirectsAHeadNever() {
    FileRecord file = SampleFiles.delivered(DeliveryPolicy.REDIRECT, true, THRESHOLD);
    everyAsk().stream()
        .filter(Ask::head)
        .forEach(ask -> assertThat(plan(file, ask)).isNotEqualTo("redirect"));
  }

  @Test
  void keepsEverySpanWithinTheFile() {
    for (long size : new long[] {0, 1, 4, 10, THRESHOLD}) {
      FileRecord file = SampleFiles.delivered(DeliveryPolicy.STREAM, false, size);
      everyAsk().forEach(ask -> assertWithin(planner.plan(file, ask), size));
    }
  }

  private static void assertWithin(Plan plan, long size) {
    if (plan instanceof Plan.Send send) {
      send.span().ifPresent(span -> assertThat(span.last()).isLessThan(size));
    }
  }

  private static List<Ask> everyAsk() {
    List<Ask> asks = new ArrayList<>();
    for (String ifMatch : TAGS) {
      for (String unmodified : TIMES) {
        for (String ifNoneMatch : TAGS) {
          for (String modified : TIMES) {
            for (String ifRange : List.of("-", "same", "other")) {
              for (String range : List.of("-", "2-3", "-1", "99-")) {
                Conditions conditions =
                    conditions(
                        new String[] {ifMatch, unmodified},
                        new String[] {ifNoneMatch, modified},
                        ifRange);
                asks.add(new Ask(false, range(range), conditions, true));
                asks.add(new Ask(false, range(range), conditions, false));
                asks.add(new Ask(true, range(range), conditions, true));
              }
            }
          }
        }
      }
    }
    return asks;
  }

  private static FileRecord file(String policy, String key, long size) {
    return SampleFiles.delivered(
        DeliveryPolicy.valueOf(policy.toUpperCase(Locale.ROOT)), key.equals("opaque"), size);
  }

  private String plan(FileRecord file, Ask ask) {
    return planner.plan(file, ask).match(new Words());
  }

  private static Optional<RangeRequest> range(String text) {
    return text.equals("-") ? Optional.empty() : RangeRequest.parse("bytes=" + text);
  }

  private static Conditions conditions(String[] first, String[] second, String ifRange) {
    return new Conditions(
        tags(first[0]), time(first[1]), tags(second[0]), time(second[1]), validator(ifRange));
  }

  private static Optional<EntityTags> tags(String word) {
    return switch (word) {
      case "-" -> Optional.empty();
      case "none" -> Optional.of(new EntityTags(false, Set.of(), Set.of()));
      case "any" -> EntityTags.parse("*");
      case "other" -> EntityTags.parse("\"x\", W/\"y\"");
      case "weak" -> EntityTags.parse("W/" + tag());
      default -> EntityTags.parse("\"x\", " + tag());
    };
  }

  private static Optional<Instant> time(String word) {
    return switch (word) {
      case "-" -> Optional.empty();
      case "before" -> Optional.of(modified().minusSeconds(1));
      case "after" -> Optional.of(modified().plusSeconds(1));
      default -> Optional.of(modified());
    };
  }

  private static Optional<String> validator(String word) {
    return switch (word) {
      case "-" -> Optional.empty();
      case "same" -> Optional.of(tag());
      case "weak" -> Optional.of("W/" + tag());
      case "date" -> Optional.of(HttpDates.format(modified()));
      case "empty" -> Optional.of("");
      default -> Optional.of("\"x\"");
    };
  }

  private static String tag() {
    return SampleFiles.delivered(DeliveryPolicy.AUTO, false, 1).etag().text();
  }

  private static Instant modified() {
    return SampleFiles.delivered(DeliveryPolicy.AUTO, false, 1).lastModified();
  }

  private static Stream<DynamicTest> matrix(String table, Cell cell) {
    List<String[]> lines = table.lines().map(line -> line.strip().split(" +")).toList();
    String[] columns = lines.get(0);
    return lines.stream()
        .skip(1)
        .flatMap(
            line ->
                IntStream.range(0, columns.length)
                    .mapToObj(
                        i ->
                            DynamicTest.dynamicTest(
                                String.join(" ", line[0], columns[i], line[i + 1]),
                                () ->
                                    assertThat(cell.plan(line[0], columns[i]))
                                        .isEqualTo(line[i + 1]))));
  }

  /** What is planned where a row and a column meet. */
  private interface Cell {
    String plan(String row, String column);
  }

  /** A plan as the tables write it. */
  private static final class Words implements Plan.Cases<String> {
    @Override
    public String send(Plan.Send send) {
      return send.head()
          ? "head"
          : send.span().map(span -> span.first() + "-" + span.last()).orElse("send");
    }

    @Override
    public String redirect(Plan.Redirect redirect) {
      return "redirect";
    }

    @Override
    public String notModified() {
      return "304";
    }

    @Override
    public String preconditionFailed() {
      return "412";
    }

    @Override
    public String unsatisfiable() {
      return "416";
    }
  }
}
