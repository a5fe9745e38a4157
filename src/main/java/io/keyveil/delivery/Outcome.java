package io.keyveil.delivery;

import io.keyveil.audit.AuditRecord.Ending;
import io.keyveil.file.FileRecord;
import io.keyveil.limit.Excess;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** What came of a request for a download: what the writer now has to obey. */
public sealed interface Outcome {
  <R> R match(Cases<R> cases);

  /** One function for each outcome; a new outcome stops the build in every reader. */
  interface Cases<R> {
    R refused(Refusal refusal);

    R limited(Excess excess);

    R answered(FileRecord file, Plan plan);

    R streaming(Streaming streaming);

    R redirecting(FileRecord file, SignedUrl url);

    R offloading(Offloading offloading);

    R unreadable(SourceFailure failure, Duration retryAfter);

    R unavailable(Shortage shortage);

    R left();
  }

  /** The request was refused. */
  record Refused(Refusal refusal) implements Outcome {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.refused(refusal);
    }
  }

  /** The request was refused because there were too many before it. */
  record Limited(Excess excess) implements Outcome {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.limited(excess);
    }
  }

  /**
   * Allowed, and answered from what the store knows: the header fields alone, 304, 412 or 416.
   *
   * @param plan what to answer; never one that sends bytes or redirects
   */
  record Answered(FileRecord file, Plan plan) implements Outcome {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.answered(file, plan);
    }
  }

  /**
   * Allowed, recorded, and the bytes are waiting.
   *
   * @param grant on what they are allowed
   * @param file the file
   * @param plan the part to send, or the whole
   * @param read the bytes; whoever holds this outcome must move or cancel them
   * @param download what to report the end to
   * @param slot what to give back at the end
   */
  record Streaming(
      Grant grant,
      FileRecord file,
      Plan.Send plan,
      ObjectRead read,
      Download download,
      DownloadSlots.Slot slot)
      implements Outcome {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.streaming(this);
    }
  }

  /** Allowed, recorded, and S3 will send the bytes. */
  record Redirecting(FileRecord file, SignedUrl url) implements Outcome {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.redirecting(file, url);
    }
  }

  /** Allowed, recorded, and the nginx in front will carry the bytes. */
  record Offloading(Carriage carriage, Carriages carriages) implements Outcome {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.offloading(this);
    }

    public FileRecord file() {
      return carriage.file();
    }

    public Plan.Send plan() {
      return carriage.plan();
    }

    /** Where nginx is to read. */
    public SignedUrl url() {
      return carriage.url();
    }

    /** How many bytes a second it may send, if there is a limit. */
    public OptionalLong perSecond() {
      return carriage.perSecond();
    }

    /** The field by which S3 is told of the trace, if it belongs to one. */
    public Optional<String> trace() {
      return carriage.trace();
    }

    /** By what ID its log is to name it. */
    public String event() {
      return carriage.download().event();
    }

    /** Whose download its log is to call it. */
    public String instance() {
      return carriages.instance();
    }

    /** The window that its log is to name, so that its bytes are counted there. */
    public Optional<String> window() {
      return carriage.watch().window().map(CarriedWindow::text);
    }

    /** Records that nginx never heard of it. */
    public Future<Void> lost() {
      return carriages.lost(event(), Ending.ABORTED_BY_CLIENT);
    }
  }

  /**
   * Allowed and recorded, but S3 did not give the object.
   *
   * @param failure why
   * @param retryAfter when it makes sense to ask again; zero if that is not known
   */
  record Unreadable(SourceFailure failure, Duration retryAfter) implements Outcome {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.unreadable(failure, retryAfter);
    }
  }

  /** No decision could be made or recorded; the client may come again. */
  record Unavailable(Shortage shortage) implements Outcome {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.unavailable(shortage);
    }
  }

  /** Allowed and recorded, but the client went before S3 had answered. */
  record Left() implements Outcome {
    @Override
    public <R> R match(Cases<R> cases) {
      return cases.left();
    }
  }
}
