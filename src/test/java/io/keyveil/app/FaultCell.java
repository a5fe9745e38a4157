package io.keyveil.app;

import io.keyveil.app.FaultModel.End;
import io.keyveil.app.FaultModel.Verdict;
import io.keyveil.s3.LyingS3;
import io.keyveil.s3.LyingS3.Question;
import io.keyveil.s3.LyingS3.Told;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One download.
 *
 * @param row the line of the table it is counted in
 * @param known whether the object's checksum is known
 */
record FaultCell(String row, List<Told> script, HttpVersion version, Part part, boolean known) {
  /** What may come of it. */
  Set<Verdict> verdicts(int attempts, boolean paid) {
    return FaultModel.verdicts(script, part.ranged(), attempts, paid);
  }

  String told() {
    String object = known ? "known" : "plain";
    return String.join(" ", row, script + "", version + "", part + "", object);
  }

  /** The bytes of every object that is as small. */
  static final byte[] CONTENT = LyingS3.content(0, 1 << 20);

  private static final Pattern RANGE_FORM = Pattern.compile("bytes=(\\d+)-(\\d+)");

  /** What a client asks for, and the status of the answer. */
  record Part(int from, int length, int status) {
    boolean ranged() {
      return status == 206;
    }

    String range() {
      return "bytes=" + from + "-" + last();
    }

    int last() {
      return from + length - 1;
    }

    /** What the client saw, or nothing if that was neither right nor visibly broken. */
    Optional<End> end(Fetch fetch) {
      if (fetch.whole() && fetch.status() >= 400) {
        return refusal(fetch);
      }
      boolean right = fetch.status() == status && fetch.promised() == length;
      if (fetch.whole()) {
        return right && begins(fetch, length) ? Optional.of(End.WHOLE) : Optional.empty();
      }
      // Less than was promised, nothing else than was promised, and no end that looks like one.
      return (right || fetch.status() == 0)
              && fetch.bytes().length() < length
              && begins(fetch, fetch.bytes().length())
          ? Optional.of(End.BROKEN)
          : Optional.empty();
    }

    private boolean begins(Fetch fetch, int count) {
      byte[] bytes = fetch.bytes().getBytes();
      return bytes.length == count && Arrays.equals(bytes, 0, count, CONTENT, from, from + count);
    }

    private static Optional<End> refusal(Fetch fetch) {
      boolean sound =
          fetch.bytes().toJsonObject().getInteger("status") == fetch.status()
              && fetch.retryAfter().isPresent() == (fetch.status() == 503);
      return Stream.of(End.values())
          .filter(end -> sound && end.status() == fetch.status())
          .findFirst();
    }
  }

  /** The registered object each time, and each time from the next byte on that is wanted. */
  List<String> complaints(List<Question> questions) {
    List<String> complaints = new ArrayList<>();
    Optional<String> expected = part.ranged() ? Optional.of(part.range()) : Optional.empty();
    for (int n = 0; n < questions.size(); n++) {
      Question question = questions.get(n);
      boolean right =
          n == 0
              ? question.range().equals(expected)
              : follows(script.get(n - 1), questions.get(n - 1), question);
      if (!right || !question.ifMatch().equals(Optional.of(LyingS3.ETAG))) {
        complaints.add(told() + ": asked " + questions);
      }
    }
    return complaints;
  }

  private boolean follows(Told told, Question before, Question next) {
    long from = first(before, part.from());
    long until = told.breakAt().orElse(from + (part.last() + 1 - from) / 2);
    long then = first(next, -1);
    return switch (told.lie()) {
      case SHORT_THEN_FIN, STALL_IN_BODY -> then == until && toTheEnd(next);
      case HEAD_THEN_FIN, STALL_AFTER_HEAD -> then == from && toTheEnd(next);
      // What the kernel still held is lost, and perhaps the head with it.
      case SHORT_THEN_RST ->
          next.equals(before) || (then >= from && then <= until && toTheEnd(next));
      default -> next.equals(before);
    };
  }

  private static long first(Question question, long otherwise) {
    Matcher range = RANGE_FORM.matcher(question.range().orElse(""));
    return range.matches() ? Long.parseLong(range.group(1)) : otherwise;
  }

  private boolean toTheEnd(Question question) {
    return question.range().orElse("").endsWith("-" + part.last());
  }
}
