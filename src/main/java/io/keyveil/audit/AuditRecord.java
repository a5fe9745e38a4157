package io.keyveil.audit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One entry of the audit log. No kind of it has a place for an object key, a token or a file name;
 * reasons, actions and outcomes are single words, so that none can slip in there either.
 */
public sealed interface AuditRecord {
  EventId event();

  Instant time();

  <R> R match(Cases<R> cases);

  /**
   * What to do with each kind.
   *
   * @param <R> what comes of it
   */
  interface Cases<R> {
    R intent(Intent intent);

    R completion(Completion completion);

    R management(Management act);

    R refusals(Refusals refusals);

    R reconciled(Reconciled reconciled);
  }

  /**
   * A download was decided upon, and nothing has left yet.
   *
   * @param event a fresh ID
   * @param requestId the ID that the client and the operator's log know the request by
   * @param time when it was decided
   * @param actor who asked, as far as that was verified
   * @param fileId what was asked for, if it has the form of a file ID
   * @param revision the file's revision that the decision was made on
   * @param linkId the link that it was asked by, if it was; the link's ID, never its token
   * @param method the HTTP method
   * @param clientAddress where the request came from
   * @param delivery how the bytes are going to leave
   * @param decision what was decided
   * @param reason the word for why
   * @param range the bytes asked for, such as {@code 0-99}, if not all
   * @param status the HTTP status that was chosen
   */
  record Intent(
      EventId event,
      String requestId,
      Instant time,
      Optional<Actor> actor,
      Optional<String> fileId,
      OptionalLong revision,
      Optional<String> linkId,
      String method,
      String clientAddress,
      Way delivery,
      Decision decision,
      String reason,
      Optional<String> range,
      int status)
      implements AuditRecord {
    public Intent {
      AuditText.requireWord("reason", reason);
      range.ifPresent(AuditText::requireRange);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.intent(this);
    }
  }

  /**
   * A download has ended.
   *
   * @param event the intent's ID, so that an end is found by its beginning
   * @param requestId the request's ID
   * @param time when it ended
   * @param about what the intent said of it
   * @param ending how it ended
   * @param status the HTTP status that was sent
   * @param sent how many bytes of the file were handed to the client's connection; nothing is said
   *     of them after a crash
   * @param range the bytes chosen, such as {@code 0-99}, if not all
   * @param took how long it took from the decision; nothing if the clock was set back meanwhile
   */
  record Completion(
      EventId event,
      String requestId,
      Instant time,
      About about,
      Ending ending,
      int status,
      long sent,
      Optional<String> range,
      Duration took)
      implements AuditRecord {
    public Completion {
      range.ifPresent(AuditText::requireRange);
      took = took.isNegative() ? Duration.ZERO : took;
    }

    /** The same, with all that its intent says of who is given what. */
    public Completion after(Intent intent) {
      return new Completion(
          event, requestId, time, About.of(intent), ending, status, sent, range, took);
    }

    /** The end of what an intent began. */
    public static Completion of(Intent intent, Instant time, Ending ending, int status, long sent) {
      return new Completion(
          intent.event(),
          intent.requestId(),
          time,
          About.of(intent),
          ending,
          status,
          sent,
          intent.range(),
          Duration.between(intent.time(), time));
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.completion(this);
    }
  }

  /**
   * Who is given what, so that the end of a download says all of it as its beginning does.
   *
   * @param actor who asked, as far as that was verified
   * @param fileId what was asked for
   * @param revision the file's revision that the decision was made on
   * @param linkId the link that it was asked by, if it was
   * @param clientAddress where the request came from
   * @param delivery how the bytes leave
   */
  record About(
      Optional<Actor> actor,
      Optional<String> fileId,
      OptionalLong revision,
      Optional<String> linkId,
      Optional<String> clientAddress,
      Optional<Way> delivery) {
    static About of(Intent intent) {
      return new About(
          intent.actor(),
          intent.fileId(),
          intent.revision(),
          intent.linkId(),
          Optional.of(intent.clientAddress()),
          Optional.of(intent.delivery()));
    }

    /** Where no more is known than how the bytes left; the event's ID leads to the rest. */
    public static About only(Way delivery) {
      return new About(
          Optional.empty(),
          Optional.empty(),
          OptionalLong.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.of(delivery));
    }
  }

  /**
   * Something was done that is no download: a file registered, a link revoked, the process started.
   *
   * @param event a fresh ID
   * @param requestId the request's ID, if one was the cause
   * @param time when it was done
   * @param actor who did it; empty for the command line and the process itself
   * @param action the word for it, such as {@code register}
   * @param fileId the file it was done to
   * @param revision the file's revision that came of it, where it has one now
   * @param linkId the link it was done to
   * @param target what else it was done to
   * @param clientAddress where the request for it came from, if one was the cause
   * @param outcome the word for what became of it
   */
  record Management(
      EventId event,
      Optional<String> requestId,
      Instant time,
      Optional<Actor> actor,
      String action,
      Optional<String> fileId,
      OptionalLong revision,
      Optional<String> linkId,
      Optional<Target> target,
      Optional<String> clientAddress,
      String outcome)
      implements AuditRecord {
    /** The word for what a file of the log has gone to; in its record before it is deleted. */
    static final String ARCHIVE = "archive";

    /** What is done to files, or to the process itself. */
    public Management(
        EventId event,
        Optional<String> requestId,
        Instant time,
        Optional<Actor> actor,
        String action,
        Optional<String> fileId,
        String outcome) {
      this(
          event,
          requestId,
          time,
          actor,
          action,
          fileId,
          OptionalLong.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          outcome);
    }

    /** What a process does by itself, for nobody. */
    public static Management of(
        EventId event, Instant time, String action, Optional<Target> target, String outcome) {
      return new Management(
          event,
          Optional.empty(),
          time,
          Optional.empty(),
          action,
          Optional.empty(),
          OptionalLong.empty(),
          Optional.empty(),
          target,
          Optional.empty(),
          outcome);
    }

    public Management {
      AuditText.requireWord("action", action);
      AuditText.requireWord("outcome", outcome);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.management(this);
    }
  }

  /**
   * What an action is aimed at, and which block it was, if it was one.
   *
   * @param block the block's ID, where it has one already
   * @param kind the word for what kind of thing it is
   * @param value which of them: a subject, an issuer, a client, a digest, or the ID of a token,
   *     file or link
   * @param issuer whose it is, where one was named
   */
  record Target(Optional<String> block, String kind, String value, Optional<String> issuer) {
    /** The word for the records of a log up to one of them. */
    static final String RECORDS = "records-through";

    /** Something that is no block, and nobody's in particular. */
    public Target(String kind, String value) {
      this(Optional.empty(), kind, value, Optional.empty());
    }

    /** Something that is told by its SHA-256 alone. */
    public static Target digest(String kind, String text) {
      return new Target(kind, ChainLink.of(0, text.getBytes(StandardCharsets.UTF_8)).digest());
    }

    /** All records up to and with this one, by its number and its hash. */
    static Target through(ChainLink link) {
      return new Target(RECORDS, link.seq() + " " + link.digest());
    }

    public Target {
      AuditText.requireWord("kind", kind);
    }
  }

  /**
   * Requests that were refused for one reason within one window: credentials that do not hold, from
   * one block of addresses, and what somebody asked for too often or may not. They can come as
   * often as anybody likes, and must not be able to fill a disk.
   *
   * @param event a fresh ID
   * @param time when the window ended
   * @param since when it began
   * @param reason the word for why
   * @param status the HTTP status that was answered
   * @param actor who sent them, if that was verified
   * @param addressBlock where they came from, such as {@code 192.0.2.7} or {@code 2001:db8::/64},
   *     or {@code other} for what the window had no more room for
   * @param count how many there were
   */
  record Refusals(
      EventId event,
      Instant time,
      Instant since,
      Optional<Actor> actor,
      String reason,
      int status,
      String addressBlock,
      long count)
      implements AuditRecord {
    public Refusals {
      AuditText.requireWord("reason", reason);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.refusals(this);
    }
  }

  /**
   * What the logs of S3 say of a presigned URL. They corroborate a redirect, and never replace what
   * we wrote ourselves.
   *
   * @param event the ID of the intent, where there is one; a fresh ID else
   * @param time when the logs were read
   * @param finding what they say
   * @param requestId the intent's request
   * @param fileId the intent's file
   * @param fetches how many answers with bytes S3 gave
   * @param sent how many bytes it sent, of all answers together
   * @param clientAddress where the last one went to
   * @param fetched when the last one was
   * @param requests which of S3's requests are new in this, by short hashes of their IDs; none if
   *     there are too many to name
   */
  record Reconciled(
      EventId event,
      Instant time,
      Finding finding,
      Optional<String> requestId,
      Optional<String> fileId,
      long fetches,
      long sent,
      Optional<String> clientAddress,
      Optional<Instant> fetched,
      List<String> requests)
      implements AuditRecord {
    public Reconciled {
      requests = List.copyOf(requests);
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.reconciled(this);
    }
  }

  /** What became of a presigned URL. */
  enum Finding {
    NEVER_FETCHED,
    FETCHED_ONCE,
    FETCHED_AGAIN,
    FETCHED_FROM_ANOTHER_ADDRESS,
    /** Somebody else signed it, or our log is not whole: an alarm. */
    FETCHED_WITHOUT_INTENT;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The word in the log. */
    public String word() {
      return word;
    }
  }

  /** What was decided. */
  enum Decision {
    ALLOWED,
    REFUSED;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word in the log. */
    public String word() {
      return word;
    }
  }

  /** How bytes leave, if they do. */
  enum Way {
    STREAM,
    REDIRECT,
    /** Through an nginx in front that reads from S3 itself. */
    OFFLOAD,
    NONE;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word in the log. */
    public String word() {
      return word;
    }

    /** What a word in the log means. */
    static Optional<Way> read(String word) {
      return Arrays.stream(values()).filter(way -> way.word.equals(word)).findFirst();
    }
  }

  /** How a download ended. */
  enum Ending {
    COMPLETE,
    ABORTED_BY_CLIENT,
    UPSTREAM_FAILED,
    CORRUPT,
    CUT_BY_DRAIN,
    CUT_BY_BLOCK,
    /** Its link was revoked, and what ran by it was to end. */
    CUT_BY_REVOCATION,
    REDIRECTED,
    /** The process died before it could say; told by the next one that starts on the folder. */
    UNKNOWN_AFTER_CRASH,
    /** The record of the decision came to disk after the answer had been that it cannot. */
    NOT_STARTED;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The word in the log. */
    public String word() {
      return word;
    }
  }
}
