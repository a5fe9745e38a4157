package io.keyveil.delivery;

import io.keyveil.block.BlockList;
import io.keyveil.block.Blocks;
import io.keyveil.file.FileId;
import io.keyveil.file.FileRecord;
import io.keyveil.file.FileState;
import io.keyveil.file.FileStore;
import io.keyveil.limit.Excess;
import io.keyveil.link.Entry;
import io.keyveil.link.Entry.Closed.Reason;
import io.keyveil.link.LinkId;
import io.keyveil.link.LinkState;
import io.keyveil.link.LinkToken;
import io.keyveil.link.Links;
import io.keyveil.link.OpenWindows;
import io.keyveil.link.Window;
import io.keyveil.link.WindowId;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides about downloads by link, in this order: which link, not too fast, is anything of it
 * switched off, which file, page or bytes, how are they delivered, is there a place left.
 */
public final class LinkDownloads {
  private final Links links;
  private final OpenWindows windows;
  private final Blocks blocks;
  private final FileStore files;
  private final Deliverer deliverer;
  private final InstantSource clock;

  public LinkDownloads(
      Links links,
      OpenWindows windows,
      Blocks blocks,
      FileStore files,
      Deliverer deliverer,
      InstantSource clock) {
    this.links = links;
    this.windows = windows;
    this.blocks = blocks;
    this.files = files;
    this.deliverer = deliverer;
    this.clock = clock;
  }

  /**
   * Decides about a GET or HEAD, and records it.
   *
   * @return what to answer; fails only through a fault of our own
   */
  public Future<LinkAnswer> decide(LinkRequest request) {
    return found(request, this::serve);
  }

  /** Decides about a press of the landing page's button. */
  public Future<LinkAnswer> press(LinkRequest request) {
    return found(request, this::press);
  }

  private Future<LinkAnswer> found(LinkRequest request, Function<Known, Future<LinkAnswer>> then) {
    return request
        .token()
        .map(links::find)
        .orElseGet(() -> Future.succeededFuture(Optional.empty()))
        .compose(
            state ->
                state.map(link -> within(request, link, then)).orElseGet(() -> unknown(request)))
        .recover(failure -> Deliverer.shortage(failure).map(LinkDownloads::decided));
  }

  /** Whoever tries tokens pays for that as for bad credentials. */
  private Future<LinkAnswer> unknown(LinkRequest request) {
    Refusal refusal = Refusal.LINK_UNKNOWN;
    Optional<Excess> excess = deliverer.rates().guessed(request.download());
    deliverer.refusedUnknown(
        request.download(), refusal.word(), excess.isPresent() ? 429 : refusal.status());
    return Future.succeededFuture(
        decided(
            excess
                .<Outcome>map(Outcome.Limited::new)
                .orElseGet(() -> new Outcome.Refused(refusal))));
  }

  private Future<LinkAnswer> within(
      LinkRequest request, LinkState state, Function<Known, Future<LinkAnswer>> then) {
    Grant grant = new Grant.ByLink(state.link());
    Optional<FileId> file = state.link().file(request.name());
    DownloadRequest asked = request.download().of(file);
    // The count of a link that ends by it has to survive whoever carries the bytes.
    boolean exact = state.link().maxDownloads().isPresent();
    return within(request, state, grant, exact ? asked.carriedHere() : asked, then);
  }

  private Future<LinkAnswer> within(
      LinkRequest request,
      LinkState state,
      Grant grant,
      DownloadRequest download,
      Function<Known, Future<LinkAnswer>> then) {
    return deliverer
        .rates()
        .asked(download, grant)
        .map(excess -> deliverer.limited(download, grant, excess).map(LinkDownloads::decided))
        .orElseGet(
            () ->
                blocks
                    .current()
                    .compose(list -> unblocked(request, state, grant, download, list, then)));
  }

  private Future<LinkAnswer> unblocked(
      LinkRequest request,
      LinkState state,
      Grant grant,
      DownloadRequest download,
      BlockList list,
      Function<Known, Future<LinkAnswer>> then) {
    Instant now = clock.instant();
    Optional<Refusal> refusal = objection(request, grant, download, list, now);
    if (refusal.isPresent()) {
      return deliverer.refuse(download, grant, refusal.get()).map(LinkDownloads::decided);
    }
    return files
        .find(download.file().orElseThrow())
        .compose(
            file ->
                file.filter(it -> it.state() == FileState.ACTIVE && !it.expired(now))
                    .map(it -> then.apply(new Known(request, download, state, grant, it)))
                    .orElseGet(
                        () ->
                            deliverer
                                .refuse(download, grant, Refusal.LINK_WITHOUT_FILE)
                                .map(LinkDownloads::decided)));
  }

  private static Optional<Refusal> objection(
      LinkRequest request, Grant grant, DownloadRequest download, BlockList list, Instant now) {
    if (list.blocksEverything(now)) {
      return Optional.of(Refusal.BLOCKED);
    }
    if (grant.isBlocked(list, now)) {
      return Optional.of(Refusal.BLOCKED_LINK);
    }
    if (download.file().isEmpty()) {
      return Optional.of(Refusal.LINK_UNKNOWN);
    }
    if (list.blocks(download.file().get(), now)) {
      return Optional.of(Refusal.LINK_WITHOUT_FILE);
    }
    return request.preview() ? Optional.of(Refusal.PREVIEW) : Optional.empty();
  }

  private Future<LinkAnswer> serve(Known known) {
    if (known.state().link().landing() && !known.request().started()) {
      return landing(known);
    }
    Plan plan = deliverer.plan(known.download(), known.file());
    return plan.match(new Enter(known, plan));
  }

  private Future<LinkAnswer> press(Known known) {
    if (!known.state().link().landing()) {
      return landing(known);
    }
    return links
        .enter(known.state(), known.request().visit(), false)
        .compose(
            entry ->
                entry.match(
                    new Admission(known) {
                      @Override
                      public Future<LinkAnswer> within(Window window, Optional<LinkToken> cookie) {
                        return Future.succeededFuture(new LinkAnswer.Pressed(cookie));
                      }
                    }));
  }

  private Future<LinkAnswer> landing(Known known) {
    return links
        .objection(known.state(), known.request().visit())
        .map(reason -> refuse(known, refusal(reason)))
        .orElseGet(
            () ->
                deliverer
                    .shown(known.download(), known.grant(), known.file())
                    .map(shown -> new LinkAnswer.Landing(known.state(), known.file())));
  }

  private Future<LinkAnswer> refuse(Known known, Refusal refusal) {
    return deliverer.refuse(known.download(), known.grant(), refusal).map(LinkDownloads::decided);
  }

  private Future<LinkAnswer> carryOut(
      Known known, Plan plan, Watch watch, Optional<LinkToken> cookie) {
    return deliverer
        .carryOut(plan, known.download(), known.grant(), known.file(), watch)
        .map(outcome -> new LinkAnswer.Decided(outcome, cookie));
  }

  private static LinkAnswer decided(Outcome outcome) {
    return new LinkAnswer.Decided(outcome, Optional.empty());
  }

  private static Refusal refusal(Reason reason) {
    return switch (reason) {
      case EXPIRED -> Refusal.LINK_EXPIRED;
      case REVOKED -> Refusal.LINK_REVOKED;
      case USED_UP, NOT_PRESSED -> Refusal.LINK_USED_UP;
      case IN_USE -> Refusal.LINK_IN_USE;
    };
  }

  /** A request whose link and file are found and not switched off. */
  private record Known(
      LinkRequest request,
      DownloadRequest download,
      LinkState state,
      Grant grant,
      FileRecord file) {
    boolean isMain() {
      return file.id().equals(state.link().main().id());
    }
  }

  /** Plans that give bytes need a place; for the others it is enough that the link is good. */
  private final class Enter implements Plan.Cases<Future<LinkAnswer>> {
    private final Known known;
    private final Plan plan;

    Enter(Known known, Plan plan) {
      this.known = known;
      this.plan = plan;
    }

    @Override
    public Future<LinkAnswer> send(Plan.Send send) {
      return send.head() ? answer() : enter(false, window -> counting(window, send));
    }

    @Override
    public Future<LinkAnswer> redirect(Plan.Redirect redirect) {
      return enter(known.isMain(), window -> Watch.NONE);
    }

    @Override
    public Future<LinkAnswer> notModified() {
      return answer();
    }

    @Override
    public Future<LinkAnswer> preconditionFailed() {
      return answer();
    }

    @Override
    public Future<LinkAnswer> unsatisfiable() {
      return answer();
    }

    private Future<LinkAnswer> answer() {
      return links
          .objection(known.state(), known.request().visit())
          .map(reason -> refuse(known, refusal(reason)))
          .orElseGet(() -> carryOut(known, plan, Watch.NONE, Optional.empty()));
    }

    private Future<LinkAnswer> enter(boolean counts, Function<Window, Watch> watch) {
      return links
          .enter(known.state(), known.request().visit(), counts)
          .compose(
              entry ->
                  entry.match(
                      new Admission(known) {
                        @Override
                        public Future<LinkAnswer> free() {
                          return carryOut(known, plan, Watch.NONE, Optional.empty());
                        }

                        @Override
                        public Future<LinkAnswer> within(
                            Window window, Optional<LinkToken> cookie) {
                          return carryOut(known, plan, watch.apply(window), cookie);
                        }
                      }));
    }

    private Watch counting(Window window, Plan.Send send) {
      long first = send.span().map(ByteSpan::first).orElse(0L);
      LinkId link = known.state().link().id();
      return new Watch(
          read -> new CountedRead(read, new WindowCount(known, window, first)),
          known.isMain()
              ? Optional.of(new CarriedWindow(link, window.id(), known.file().size()))
              : Optional.empty(),
          new KeptOpen(link, window.id()));
    }
  }

  /** What becomes of somebody who is not let in. */
  private abstract class Admission implements Entry.Cases<Future<LinkAnswer>> {
    private final Known known;

    Admission(Known known) {
      this.known = known;
    }

    @Override
    public Future<LinkAnswer> free() {
      return landing(known);
    }

    @Override
    public Future<LinkAnswer> closed(Reason reason) {
      return reason == Reason.NOT_PRESSED ? landing(known) : refuse(known, refusal(reason));
    }
  }

  /** Keeps a window open while others carry what is counted in it. */
  private final class KeptOpen implements Watch.Interval {
    private final LinkId link;
    private final WindowId window;

    KeptOpen(LinkId link, WindowId window) {
      this.link = link;
      this.window = window;
    }

    @Override
    public void begin() {
      windows.begin(link, window);
    }

    @Override
    public void end() {
      windows.end(link, window);
    }
  }

  /** Counts what a read gives to its window, and keeps that open meanwhile. */
  private final class WindowCount implements CountedRead.Count {
    private final Known known;
    private final Window window;
    private final long first;

    WindowCount(Known known, Window window, long first) {
      this.known = known;
      this.window = window;
      this.first = first;
      windows.begin(known.state().link().id(), window.id());
    }

    @Override
    public Future<Void> given(long bytes) {
      return known.isMain()
          ? links.given(
              known.state().link().id(), window.id(), first, first + bytes - 1, known.file().size())
          : Future.succeededFuture();
    }

    @Override
    public void over() {
      windows.end(known.state().link().id(), window.id());
    }
  }
}
