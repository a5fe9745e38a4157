package io.keyveil.app;

import io.keyveil.s3.LyingS3.Lie;
import io.keyveil.s3.LyingS3.Told;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What may come of a download whose reads S3 answers with lies: written from the status table and
 * from what the settings promise, not from the code. Touches nothing.
 */
final class FaultModel {
  private final List<Told> script;
  private final boolean ranged;
  private final int attempts;
  private final boolean paid;
  private final Set<Verdict> verdicts = new HashSet<>();

  /** How a download ends: with all bytes, visibly broken, or with a status. */
  enum End {
    WHOLE(0),
    BROKEN(0),
    GONE(410),
    BAD_GATEWAY(502),
    BUSY(503),
    SILENT(504);

    private final int status;

    End(int status) {
      this.status = status;
    }

    /** The status of a refusal, else 0. */
    int status() {
      return status;
    }
  }

  /**
   * An end, and what led to it.
   *
   * @param questions how often S3 was asked
   */
  record Verdict(End end, int questions) {}

  /** What one lie means for the read that gets it. */
  private enum Kind {
    /** The bytes are right. */
    HARMLESS,
    /** The head is good, and the body does not come to its end. */
    BREAKS,
    /** The same, but the reset may overtake the head. */
    RESETS,
    /** No body, and the next question may have a better answer. */
    PASSES,
    /** No body in good time; before the first byte the client has waited long enough. */
    SILENT,
    /** No body, and no other answer is to be expected. */
    LASTS
  }

  /** The kind, and how the download ends if this is the last word before the first byte. */
  private record Meaning(Kind kind, End end) {}

  private FaultModel(List<Told> script, boolean ranged, int attempts, boolean paid) {
    this.script = script;
    this.ranged = ranged;
    this.attempts = attempts;
    this.paid = paid;
  }

  /**
   * What may come of it.
   *
   * @param script what S3 tells in turn; the truth follows
   * @param ranged whether the client asked for a range
   * @param attempts how often S3 may be asked again
   * @param paid whether the budget allows all of that; else it may say no at any time
   */
  static Set<Verdict> verdicts(List<Told> script, boolean ranged, int attempts, boolean paid) {
    FaultModel model = new FaultModel(script, ranged, attempts, paid);
    model.ask(0, false);
    return model.verdicts;
  }

  /** How a download ends where S3 is asked only once. */
  static End alone(Lie lie, boolean ranged) {
    Meaning meaning = meaning(lie, ranged);
    return switch (meaning.kind()) {
      case HARMLESS -> End.WHOLE;
      case BREAKS, RESETS -> End.BROKEN;
      case PASSES, SILENT, LASTS -> meaning.end();
    };
  }

  /** Whether S3 is asked again after this, for a part if not for the whole. */
  static boolean askedAgain(Lie lie) {
    return switch (meaning(lie, true).kind()) {
      case BREAKS, RESETS, PASSES, SILENT -> true;
      case HARMLESS, LASTS -> false;
    };
  }

  /** The question of this number, with or without a head that has been believed before. */
  private void ask(int number, boolean begun) {
    Lie lie = number < script.size() ? script.get(number).lie() : Lie.NONE;
    // What is left of a body is asked for as a range.
    Meaning meaning = meaning(lie, ranged || begun);
    switch (meaning.kind()) {
      case HARMLESS -> end(End.WHOLE, number);
      case BREAKS -> again(number, true, End.BROKEN);
      case RESETS -> {
        again(number, true, End.BROKEN);
        again(number, begun, begun ? End.BROKEN : End.BAD_GATEWAY);
      }
      case PASSES -> again(number, begun, begun ? End.BROKEN : meaning.end());
      case SILENT -> {
        if (begun) {
          again(number, true, End.BROKEN);
        } else {
          end(meaning.end(), number);
        }
      }
      case LASTS -> end(begun ? End.BROKEN : meaning.end(), number);
    }
  }

  private void again(int number, boolean begun, End otherwise) {
    if (number < attempts) {
      ask(number + 1, begun);
    }
    if (number >= attempts || !paid) {
      end(otherwise, number);
    }
  }

  private void end(End end, int number) {
    var unused = verdicts.add(new Verdict(end, number + 1));
  }

  /** A range says what it is of, so a wrong length is not another object but a bad answer. */
  private static Meaning meaning(Lie lie, boolean ranged) {
    return switch (lie) {
      case NONE, TRICKLE, BYTE_BY_BYTE, INTERIM, BYTES_BEHIND_THE_END, COMPRESSED ->
          new Meaning(Kind.HARMLESS, End.WHOLE);
      case SHORT_THEN_FIN, STALL_IN_BODY, HEAD_THEN_FIN, STALL_AFTER_HEAD ->
          new Meaning(Kind.BREAKS, End.BROKEN);
      case SHORT_THEN_RST -> new Meaning(Kind.RESETS, End.BROKEN);
      case SHORTER_LENGTH, LONGER_LENGTH ->
          ranged ? new Meaning(Kind.PASSES, End.BAD_GATEWAY) : new Meaning(Kind.LASTS, End.GONE);
      case OTHER_TAG, WEAK_TAG, NO_TAG, OTHER_SIZE, MISSING, PRECONDITION, UNSATISFIABLE ->
          new Meaning(Kind.LASTS, End.GONE);
      case NO_LENGTH,
          CHUNKED,
          CHUNKED_WITH_LENGTH,
          TWO_LENGTHS,
          LENGTH_IN_WORDS,
          OTHER_STATUS,
          OTHER_START,
          OTHER_END,
          NO_CONTENT_RANGE,
          GARBAGE,
          BAD_FIELD,
          ENDLESS_HEAD,
          NOTHING_THEN_FIN,
          NOTHING_THEN_RST ->
          new Meaning(Kind.PASSES, End.BAD_GATEWAY);
      case PROCESSING, MOVED, FOUND, TEMPORARY, NOT_MODIFIED, BAD_REQUEST, FORBIDDEN ->
          new Meaning(Kind.LASTS, End.BAD_GATEWAY);
      case TOO_MANY, BROKEN, BUSY -> new Meaning(Kind.PASSES, End.BUSY);
      case SILENT, STALL_IN_HEAD -> new Meaning(Kind.SILENT, End.SILENT);
    };
  }
}
