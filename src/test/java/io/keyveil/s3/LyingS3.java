package io.keyveil.s3;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An S3 that breaks its word, for faults that no real server commits. Every key names an object of
 * one size; {@code HEAD}, {@code PUT} and listings are answered properly, a {@code GET} by the
 * {@link Lie} of the hour. Every answer to a {@code GET}, and every refusal, has the key in its
 * header fields, and in its body if that is an error, as careless servers do.
 *
 * <p>A thread for each connection and plain sockets, so that each byte, FIN and RST is told.
 */
public final class LyingS3 implements AutoCloseable {
  public static final String ETAG = "\"0123456789abcdef0123456789abcdef\"";
  private static final String OTHER_ETAG = "\"fedcba9876543210fedcba9876543210\"";
  private static final String DATE = "Sun, 01 Mar 2026 10:00:00 GMT";
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");
  private static final int BLOCK = 64 << 10;

  /** So many bytes come one at a time where bytes do, or are the last. */
  private static final int ALONE = 2000;

  /** The longest that an idle connection, or a stall, may last before a test counts as hung. */
  private static final int PATIENCE_MILLIS = 60_000;

  /** Objects up to this size are made once. */
  private static final int SMALL = 4 << 20;

  private final ServerSocket listener;
  private final byte[] ready;
  private final long size;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger heads = new AtomicInteger();
  private final AtomicInteger gets = new AtomicInteger();
  private final AtomicInteger answering = new AtomicInteger();
  private final Deque<Told> script = new ConcurrentLinkedDeque<>();
  private final Map<String, Play> plays = new ConcurrentHashMap<>();
  private volatile Lie lie = Lie.NONE;
  private volatile String vouched = "";
  private volatile long spoiled = -1;

  /** What becomes of a {@code GET}. */
  public enum Lie {
    /** The truth. */
    NONE,
    /** The truth in small pieces with pauses between them. */
    TRICKLE,
    /** The truth, of which the first bytes come one at a time. */
    BYTE_BY_BYTE,
    /** The truth after interim answers that every client knows. */
    INTERIM,
    /** The truth after one that HTTP has, and Vert.x's client takes for the answer itself. */
    PROCESSING,
    /** The promised bytes, and another answer's right behind them. */
    BYTES_BEHIND_THE_END,
    /** Half of the body, or up to the byte told, then FIN. */
    SHORT_THEN_FIN,
    /** Half of the body, or up to the byte told, then RST. */
    SHORT_THEN_RST,
    /** Half of the body, or up to the byte told, then silence. */
    STALL_IN_BODY,
    /** A sound head, then FIN. */
    HEAD_THEN_FIN,
    /** A sound head, then silence. */
    STALL_AFTER_HEAD,
    /** A length that is one less, and so many bytes. */
    SHORTER_LENGTH,
    /** A length that is one more, and so many bytes. */
    LONGER_LENGTH,
    /** No length; the connection's end is the body's. */
    NO_LENGTH,
    /** Chunks in place of a length. */
    CHUNKED,
    /** Chunks and a length. */
    CHUNKED_WITH_LENGTH,
    /** Two lengths that differ. */
    TWO_LENGTHS,
    /** A length that is no number. */
    LENGTH_IN_WORDS,
    /** The entity tag of another object. */
    OTHER_TAG,
    /** The right entity tag, as a weak one. */
    WEAK_TAG,
    /** No entity tag. */
    NO_TAG,
    /** An object of another size. */
    OTHER_SIZE,
    /** Whole where a range was asked for, a range where the whole was. */
    OTHER_STATUS,
    /** A range that begins elsewhere. */
    OTHER_START,
    /** A range that ends elsewhere, by its own account; as many bytes as were asked for. */
    OTHER_END,
    /** A range without saying which. */
    NO_CONTENT_RANGE,
    /** A compressed body. */
    COMPRESSED,
    /** What is no HTTP. */
    GARBAGE,
    /** A head of which one line is no header field. */
    BAD_FIELD,
    /** More header fields than anybody takes. */
    ENDLESS_HEAD,
    /** FIN before the head. */
    NOTHING_THEN_FIN,
    /** RST before the head. */
    NOTHING_THEN_RST,
    /** Silence before the head. */
    SILENT,
    /** Half of a head, then silence. */
    STALL_IN_HEAD,
    /** 301 to another host. */
    MOVED,
    /** 302 to another host. */
    FOUND,
    /** 307 to another host. */
    TEMPORARY,
    /** 304, which nobody asked for. */
    NOT_MODIFIED,
    /** 400. */
    BAD_REQUEST,
    /** 403. */
    FORBIDDEN,
    /** 404. */
    MISSING,
    /** 412. */
    PRECONDITION,
    /** 416. */
    UNSATISFIABLE,
    /** 429. */
    TOO_MANY,
    /** 500. */
    BROKEN,
    /** 503. */
    BUSY
  }

  /** A request as far as anybody here looks at it. */
  private record Request(String method, String target, Map<String, String> fields) {
    boolean isRead() {
      return method.equals("GET") && !target.contains("list-type=");
    }

    String path() {
      return target.replaceFirst("\\?.*", "");
    }

    String plainPath() {
      return URLDecoder.decode(path().replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    Optional<String> field(String name) {
      return Optional.ofNullable(fields.get(name));
    }
  }

  /** A lie and, where it breaks off, at which byte of the object if not in the middle. */
  public record Told(Lie lie, OptionalLong breakAt) {
    public static Told of(Lie lie) {
      return new Told(lie, OptionalLong.empty());
    }

    @Override
    public String toString() {
      return lie + (breakAt.isPresent() ? " at " + breakAt.getAsLong() : "");
    }
  }

  /** What a read was asked with. */
  public record Question(Optional<String> range, Optional<String> ifMatch) {}

  /** What is told about one object, whatever the others hear, and what was asked about it. */
  private record Play(Deque<Told> script, Deque<Question> asked) {}

  /** The part of the object that a request is for. */
  private record Part(long from, long length, boolean range) {}

  /**
   * @param size bytes of every object
   */
  public LyingS3(long size) {
    this.size = size;
    this.ready = content(0, size <= SMALL ? (int) size : 0);
    try {
      listener = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    spawn("lying-s3", this::accept);
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** What all reads get from now on. */
  public void tell(Lie next) {
    script.clear();
    lie = next;
  }

  /** What the next reads get, one each; the truth afterwards. */
  public void tellInTurn(List<Lie> lies) {
    tell(Lie.NONE);
    lies.forEach(next -> script.add(Told.of(next)));
  }

  /**
   * One read is broken off, and the truth told afterwards.
   *
   * @param next a lie that breaks off in the body
   * @param at the byte of the object that is the first not to be sent
   */
  public void tellBreak(Lie next, long at) {
    tell(Lie.NONE);
    script.add(new Told(next, OptionalLong.of(at)));
  }

  /**
   * What the next reads of one object get, one each, and the truth afterwards, whatever is told
   * about the others.
   *
   * @param path the object's bucket and key, such as {@code /bucket/key}
   */
  public void tellOf(String path, List<Told> lies) {
    plays.put(path, new Play(new ConcurrentLinkedDeque<>(lies), new ConcurrentLinkedDeque<>()));
  }

  /** What has been asked about that object since it was last told of. */
  public List<Question> askedOf(String path) {
    return Optional.ofNullable(plays.get(path))
        .map(play -> List.copyOf(play.asked()))
        .orElse(List.of());
  }

  /**
   * What {@code HEAD} says of every object from now on, beside its size.
   *
   * @param fields names and values of header fields in turn
   */
  public void vouch(String... fields) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < fields.length; i += 2) {
      lines.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
    }
    vouched = lines.toString();
  }

  /** From now on this byte of every object is wrong, whatever else is; -1 for none. */
  public void spoil(long at) {
    spoiled = at;
  }

  /** How many objects were asked for since the start; listings are not counted. */
  public int gets() {
    return gets.get();
  }

  /** How many objects were asked about since the start. */
  public int heads() {
    return heads.get();
  }

  /** How many connections there have been. */
  public int accepted() {
    return accepted.get();
  }

  /** How many connections are open, those at rest included. */
  public int open() {
    return connections.size();
  }

  /** How many reads have been begun and not been ended, by us or by a client that left. */
  public int answering() {
    return answering.get();
  }

  /** These bytes of any object. */
  public static byte[] content(long from, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      long at = from + i;
      bytes[i] = (byte) (at * 31 + (at >>> 8) * 7 + (at >>> 16));
    }
    return bytes;
  }

  @Override
  public void close() {
    quietly(listener);
    connections.forEach(LyingS3::quietly);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        accepted.incrementAndGet();
        connections.add(socket);
        spawn("lying-s3-connection", () -> converse(socket));
      } catch (IOException e) {
        // Closed, or a client that left before it was met.
      }
    }
  }

  private void converse(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      boolean more = true;
      while (more) {
        Optional<Request> request = read(in);
        more = request.isPresent() && answer(socket, in, request.get());
      }
    } catch (IOException e) {
      // The client left, or the test is over.
    } finally {
      connections.remove(socket);
    }
  }

  private static Optional<Request> read(InputStream in) throws IOException {
    String first = line(in);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    String[] words = first.split(" ", 3);
    Map<String, String> fields = new LinkedHashMap<>();
    for (String field = line(in); !field.isEmpty(); field = line(in)) {
      String[] pair = field.split(":", 2);
      fields.put(pair[0].toLowerCase(Locale.ROOT), pair[1].strip());
    }
    return Optional.of(new Request(words[0], words[1], fields));
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.write(next);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }

  /** Answers, and tells whether the connection is fit for another request. */
  private boolean answer(Socket socket, InputStream in, Request request) throws IOException {
    OutputStream out = socket.getOutputStream();
    if (request.isRead()) {
      gets.incrementAndGet();
      answering.incrementAndGet();
      try {
        Told told = next(request);
        return new Reply(socket, in, out, request, part(request), told.breakAt()).give(told.lie());
      } finally {
        answering.decrementAndGet();
      }
    }
    if (request.method().equals("PUT")) {
      swallow(in, out, request);
    }
    if (request.method().equals("HEAD")) {
      heads.incrementAndGet();
    }
    out.write(control(request).getBytes(StandardCharsets.UTF_8));
    // What the control plane opens is not to be mistaken for a read that somebody forgot.
    return false;
  }

  private Told next(Request request) {
    Play play = plays.get(request.plainPath());
    if (play == null) {
      return Optional.ofNullable(script.poll()).orElse(Told.of(lie));
    }
    play.asked().add(new Question(request.field("range"), request.field("if-match")));
    return Optional.ofNullable(play.script().poll()).orElse(Told.of(Lie.NONE));
  }

  private static void swallow(InputStream in, OutputStream out, Request request)
      throws IOException {
    if (request.field("expect").isPresent()) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    in.skipNBytes(Long.parseLong(request.field("content-length").orElse("0")));
  }

  private String control(Request request) {
    int refusal = refusal(lie);
    if (refusal > 0) {
      String body = request.method().equals("HEAD") ? "" : error(request, refusal);
      return head(request, refusal, body.getBytes(StandardCharsets.UTF_8).length) + body;
    }
    String list =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult><Name>"
            + request.plainPath()
            + "</Name><IsTruncated>false</IsTruncated></ListBucketResult>";
    return "HTTP/1.1 200 OK\r\nConnection: close\r\nETag: "
        + ETAG
        + "\r\nLast-Modified: "
        + DATE
        + "\r\n"
        + vouched
        + "Content-Length: "
        + switch (request.method()) {
          case "HEAD" -> Long.toString(size) + "\r\n\r\n";
          case "GET" -> list.length() + "\r\n\r\n" + list;
          default -> "0\r\n\r\n";
        };
  }

  private Part part(Request request) {
    Matcher range = RANGE.matcher(request.field("range").orElse(""));
    if (!range.matches()) {
      return new Part(0, size, false);
    }
    long first = Long.parseLong(range.group(1));
    long last = Math.min(Long.parseLong(range.group(2)), size - 1);
    return new Part(first, last - first + 1, true);
  }

  private static int refusal(Lie lie) {
    return switch (lie) {
      case MOVED -> 301;
      case FOUND -> 302;
      case TEMPORARY -> 307;
      case BAD_REQUEST -> 400;
      case FORBIDDEN -> 403;
      case MISSING -> 404;
      case PRECONDITION -> 412;
      case UNSATISFIABLE -> 416;
      case TOO_MANY -> 429;
      case BROKEN -> 500;
      case BUSY -> 503;
      default -> 0;
    };
  }

  /** A head that names the key wherever it can; ends with the empty line. */
  private static String head(Request request, int status, long length) {
    return "HTTP/1.1 "
        + status
        + " Sorry"
        + request.path()
        + "\r\n"
        + echoes(request)
        + "Location: http://127.0.0.1:9"
        + request.target()
        + "\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: "
        + length
        + "\r\n\r\n";
  }

  private static String echoes(Request request) {
    return "x-amz-request-id: "
        + request.path()
        + "\r\nx-amz-id-2: "
        + request.target()
        + "\r\nx-amz-meta-key: "
        + request.path()
        + "\r\nServer: S3"
        + request.path()
        + "\r\nSet-Cookie: key="
        + request.path()
        + "\r\nContent-Disposition: attachment; filename=\""
        + request.path()
        + "\"\r\n";
  }

  private static String error(Request request, int status) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>"
        + (status == 404 ? "NoSuchKey" : "Refused" + request.path())
        + "</Code><Message>No "
        + request.plainPath()
        + "</Message><Key>"
        + request.plainPath()
        + "</Key><BucketName>"
        + request.plainPath().replaceFirst("^/([^/]*)/.*$", "$1")
        + "</BucketName><StringToSign>"
        + request.target().replace("&", "&amp;")
        + "</StringToSign><Token>"
        + request.field("authorization").orElse("none")
        + "</Token></Error>";
  }

  private static void spawn(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void quietly(AutoCloseable open) {
    try {
      open.close();
    } catch (Exception e) {
      // It is gone either way.
    }
  }

  /** One answer to one read. */
  private final class Reply {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Request request;
    private final Part part;
    private final OptionalLong breakAt;

    Reply(
        Socket socket,
        InputStream in,
        OutputStream out,
        Request request,
        Part part,
        OptionalLong breakAt) {
      this.socket = socket;
      this.in = in;
      this.out = out;
      this.request = request;
      this.part = part;
      this.breakAt = breakAt;
    }

    /** Gives it, and tells whether the connection is fit for another request. */
    boolean give(Lie told) throws IOException {
      switch (told) {
        case NONE -> {
          sound();
          body(part.from(), part.length());
          return true;
        }
        case TRICKLE -> {
          trickle();
          return true;
        }
        case BYTE_BY_BYTE -> {
          byteByByte();
          return true;
        }
        case INTERIM -> {
          text("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
          sound();
          body(part.from(), part.length());
          return true;
        }
        case PROCESSING -> {
          text("HTTP/1.1 102 Processing\r\n\r\n");
          sound();
          body(part.from(), part.length());
          return true;
        }
        case BYTES_BEHIND_THE_END -> {
          behindTheEnd();
          return true;
        }
        case SHORT_THEN_FIN -> half();
        case SHORT_THEN_RST -> {
          half();
          socket.setSoLinger(true, 0);
        }
        case STALL_IN_BODY -> {
          half();
          stall();
        }
        case HEAD_THEN_FIN -> sound();
        case STALL_AFTER_HEAD -> {
          sound();
          stall();
        }
        case SHORTER_LENGTH -> lengths(part.length() - 1, "Content-Length", part.length() - 1);
        case LONGER_LENGTH -> lengths(part.length() + 1, "Content-Length", part.length() + 1);
        case NO_LENGTH -> lengths(part.length(), "X-Length", part.length());
        case LENGTH_IN_WORDS -> {
          fields(ETAG, size, "Content-Length: many");
          body(part.from(), part.length());
        }
        case TWO_LENGTHS -> {
          fields(
              ETAG,
              size,
              "Content-Length: " + part.length() + "\r\nContent-Length: " + (part.length() + 1));
          body(part.from(), part.length());
        }
        case CHUNKED -> chunked("Transfer-Encoding: chunked");
        case CHUNKED_WITH_LENGTH ->
            chunked("Transfer-Encoding: chunked\r\nContent-Length: " + part.length());
        case OTHER_TAG -> tagged("ETag: " + OTHER_ETAG);
        case WEAK_TAG -> tagged("ETag: W/" + ETAG);
        case NO_TAG -> tagged("X-Tag: none");
        case OTHER_SIZE -> otherSize();
        case OTHER_STATUS -> otherStatus();
        case OTHER_START -> ranged(part.from() + 1, part.from() + part.length());
        case OTHER_END -> ranged(part.from(), part.from() + part.length());
        case NO_CONTENT_RANGE -> {
          text("HTTP/1.1 206 Partial\r\nETag: " + ETAG + "\r\n" + length() + "\r\n\r\n");
          body(part.from(), part.length());
        }
        case COMPRESSED -> {
          fields(ETAG, size, length() + "\r\nContent-Encoding: gzip");
          body(part.from(), part.length());
          return true;
        }
        case GARBAGE -> text("SSH-2.0-" + request.path() + "\r\n\r\n");
        case BAD_FIELD -> {
          text(statusLine(part.range()) + "ETag: " + ETAG + "\r\n" + range(part.from(), size));
          text(length() + "\r\n\u0000\u0001 :\u007f no field\r\n\r\n");
          body(part.from(), part.length());
        }
        case ENDLESS_HEAD -> {
          text("HTTP/1.1 200 OK\r\n");
          String field = "X-Key: " + request.path() + "y".repeat(4000) + "\r\n";
          text(field.repeat(64));
          sound();
        }
        case NOTHING_THEN_FIN -> out.flush();
        case NOTHING_THEN_RST -> socket.setSoLinger(true, 0);
        case SILENT -> stall();
        case STALL_IN_HEAD -> {
          text("HTTP/1.1 200 OK\r\nETag: ");
          stall();
        }
        case NOT_MODIFIED ->
            text("HTTP/1.1 304 Same\r\n" + echoes(request) + "ETag: " + ETAG + "\r\n\r\n");
        case MOVED,
            FOUND,
            TEMPORARY,
            BAD_REQUEST,
            FORBIDDEN,
            MISSING,
            PRECONDITION,
            UNSATISFIABLE,
            TOO_MANY,
            BROKEN,
            BUSY ->
            refuse(refusal(told));
      }
      return false;
    }

    private void refuse(int status) throws IOException {
      byte[] body = error(request, status).getBytes(StandardCharsets.UTF_8);
      text(head(request, status, body.length));
      out.write(body);
    }

    private void sound() throws IOException {
      fields(ETAG, size, length());
    }

    private String length() {
      return "Content-Length: " + part.length();
    }

    private void fields(String tag, long of, String more) throws IOException {
      text(statusLine(part.range()) + "ETag: " + tag + "\r\n" + range(part.from(), of));
      text(echoes(request) + "Last-Modified: " + DATE + "\r\n" + more + "\r\n\r\n");
    }

    private static String statusLine(boolean range) {
      return range ? "HTTP/1.1 206 Partial Content\r\n" : "HTTP/1.1 200 OK\r\n";
    }

    private String range(long from, long of) {
      return part.range()
          ? "Content-Range: bytes " + from + "-" + (from + part.length() - 1) + "/" + of + "\r\n"
          : "";
    }

    private void lengths(long bytes, String field, long length) throws IOException {
      fields(ETAG, size, field + ": " + length);
      body(part.from(), bytes);
    }

    private void tagged(String tag) throws IOException {
      text(statusLine(part.range()) + tag + "\r\n" + range(part.from(), size));
      text(echoes(request) + length() + "\r\n\r\n");
      body(part.from(), part.length());
    }

    /** Of a range only the total is another; of the whole, the length. */
    private void otherSize() throws IOException {
      if (part.range()) {
        fields(ETAG, size + 1, length());
        body(part.from(), part.length());
      } else {
        lengths(size + 5, "Content-Length", size + 5);
      }
    }

    private void otherStatus() throws IOException {
      long from = part.range() ? 0 : part.from();
      long bytes = part.range() ? size : part.length();
      String said = part.range() ? "" : "Content-Range: bytes 0-" + (size - 1) + "/" + size;
      text(statusLine(!part.range()) + "ETag: " + ETAG + "\r\nContent-Length: " + bytes + "\r\n");
      text(said.isEmpty() ? "\r\n" : said + "\r\n\r\n");
      body(from, bytes);
    }

    private void ranged(long from, long last) throws IOException {
      text("HTTP/1.1 206 Partial Content\r\nETag: " + ETAG + "\r\n" + length() + "\r\n");
      text("Content-Range: bytes " + from + "-" + last + "/" + size + "\r\n\r\n");
      body(from, part.length());
    }

    private void chunked(String fields) throws IOException {
      fields(ETAG, size, fields);
      text(Long.toHexString(part.length()) + "\r\n");
      body(part.from(), part.length());
      text("\r\n0\r\n\r\n");
    }

    private void trickle() throws IOException {
      sound();
      long pieces = 5;
      long each = part.length() / pieces;
      for (long n = 0; n < pieces; n++) {
        if (n > 0) {
          // Not behind the last: whoever has all of it may be asking for something else already.
          pause(400);
        }
        body(part.from() + n * each, n == pieces - 1 ? part.length() - n * each : each);
      }
    }

    /** The end and what is behind it in one piece, so that they are read together. */
    private void behindTheEnd() throws IOException {
      sound();
      long last = Math.min(ALONE, part.length());
      body(part.from(), part.length() - last);
      ByteArrayOutputStream piece = new ByteArrayOutputStream();
      Reply both = new Reply(socket, in, piece, request, part, breakAt);
      both.body(part.from() + part.length() - last, last);
      both.sound();
      both.body(part.from() + 1, last);
      out.write(piece.toByteArray());
      body(part.from() + 1 + last, part.length() - last);
    }

    private void byteByByte() throws IOException {
      sound();
      long alone = Math.min(ALONE, part.length());
      for (long n = 0; n < alone; n++) {
        body(part.from() + n, 1);
      }
      body(part.from() + alone, part.length() - alone);
    }

    private void half() throws IOException {
      sound();
      body(part.from(), breakAt.orElse(part.from() + part.length() / 2) - part.from());
    }

    private void body(long from, long bytes) throws IOException {
      for (long sent = 0; sent < bytes; sent += BLOCK) {
        byte[] block = block(from + sent, (int) Math.min(BLOCK, bytes - sent));
        long wrong = spoiled - from - sent;
        if (wrong >= 0 && wrong < block.length) {
          block[(int) wrong] ^= 1;
        }
        out.write(block);
      }
      out.flush();
    }

    private byte[] block(long from, int length) {
      return from + length <= ready.length
          ? Arrays.copyOfRange(ready, (int) from, (int) from + length)
          : content(from, length);
    }

    private void text(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    /** Says nothing until the client leaves. */
    private void stall() throws IOException {
      pause(PATIENCE_MILLIS);
    }

    private void pause(int millis) throws IOException {
      socket.setSoTimeout(millis);
      try {
        if (in.read() == -1) {
          throw new IOException("the client left");
        }
      } catch (SocketTimeoutException e) {
        socket.setSoTimeout(PATIENCE_MILLIS);
      }
    }
  }
}
