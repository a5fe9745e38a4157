package io.keyveil.app;

import java.util.ArrayList;
import java.util.List;

/**
 * Requests that no decent client sends, with the answer that each deserves. Behind each a sound
 * request is sent on the same connection: it has to get its own answer, or none at all.
 */
final class RawCorpus {
  private static final String HOST = "Host: localhost\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

  /** An answer or none: what is left of the request may reset the connection before it arrives. */
  static final int ANY = -1;

  /** Vert.x's own answer to other versions, without a field. */
  static final int VERTX = 501;

  private static final String EMPTY_CHUNKS = "0\r\n\r\n";

  private final List<Row> rows = new ArrayList<>();
  private final String path;
  private final String auth;
  private String group = "";

  /** What becomes of the connection. */
  enum After {
    /** Nothing more is answered. */
    CLOSED,
    /** The request behind is answered. */
    OPEN
  }

  /**
   * One request.
   *
   * @param group what it plays with
   * @param status the status of its answer, or 0 for none
   */
  record Row(String group, String name, String request, int status, After after) {
    @Override
    public String toString() {
      return group + ": " + name;
    }
  }

  private RawCorpus(String id, String token) {
    this.path = "/files/" + id;
    this.auth = "Authorization: Bearer " + token + "\r\n";
  }

  /** All of them, against a file that the token may read. */
  static List<Row> rows(String id, String token) {
    RawCorpus corpus = new RawCorpus(id, token);
    corpus.lengths();
    corpus.codings();
    corpus.chunks();
    corpus.hosts();
    corpus.lines();
    corpus.fields();
    corpus.methods();
    corpus.targets();
    return List.copyOf(corpus.rows);
  }

  private void closes(String name, int status, String request) {
    rows.add(new Row(group, name, request, status, After.CLOSED));
  }

  private void stays(String name, int status, String request) {
    rows.add(new Row(group, name, request, status, After.OPEN));
  }

  private static String post(String fields, String body) {
    return "POST /api/v1/files HTTP/1.1\r\n" + HOST + fields + "\r\n" + body;
  }

  private static String get(String target, String fields) {
    return "GET " + target + " HTTP/1.1\r\n" + HOST + fields + "\r\n";
  }

  private void lengths() {
    group = "length";
    stays("an honest one", 401, post("Content-Length: 5\r\n", "hello"));
    stays("with blanks around", 401, post("Content-Length: \t 5 \r\n", "hello"));
    stays("with leading zeros", 401, post("Content-Length: 005\r\n", "hello"));
    stays("none on POST", 401, post("", ""));
    stays("nought on GET", 404, get("/", "Content-Length: 0\r\n"));
    closes("two", 400, post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!"));
    closes("the same twice", 400, post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"));
    closes("two in one field", 400, post("Content-Length: 5, 6\r\n", "hello!"));
    closes("the same twice in one field", 400, post("Content-Length: 5, 5\r\n", "hello"));
    closes("negative", 400, post("Content-Length: -5\r\n", "hello"));
    closes("signed", 400, post("Content-Length: +5\r\n", "hello"));
    closes("hexadecimal", 400, post("Content-Length: 0x5\r\n", "hello"));
    closes("with a blank inside", 400, post("Content-Length: 5 5\r\n", "hello"));
    closes("with letters", 400, post("Content-Length: 5a\r\n", "hello"));
    closes("empty", 400, post("Content-Length:\r\n", ""));
    closes("a fraction", 400, post("Content-Length: 5.0\r\n", "hello"));
    closes("beyond 64 bits", 400, post("Content-Length: 18446744073709551621\r\n", "hello"));
    closes("in Arabic digits", 400, post("Content-Length: \u0665\r\n", "hello"));
    closes("above the limit", 413, post("Content-Length: 2097152\r\n", "a".repeat(0x200000)));
    closes("a body on GET", 400, get("/", "Content-Length: 5\r\n") + "hello");
    closes(
        "a body on HEAD",
        400,
        "HEAD / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\n" + "hello");
    closes(
        "a request in the body of GET",
        400,
        get("/", "Content-Length: " + get(path, auth).length() + "\r\n") + get(path, auth));
  }

  private void codings() {
    group = "coding";
    stays("chunked", 401, post(CHUNKED, EMPTY_CHUNKS));
    stays("in capitals", 401, post("Transfer-Encoding: CHUNKED\r\n", EMPTY_CHUNKS));
    stays("behind a tab", 401, post("Transfer-Encoding:\tchunked\r\n", EMPTY_CHUNKS));
    closes("CL.TE", 400, post("Content-Length: 5\r\n" + CHUNKED, EMPTY_CHUNKS));
    closes("TE.CL", 400, post(CHUNKED + "Content-Length: 5\r\n", EMPTY_CHUNKS));
    closes("with a length of nought", 400, post(CHUNKED + "Content-Length: 0\r\n", EMPTY_CHUNKS));
    closes("TE.TE", 400, post(CHUNKED + CHUNKED, EMPTY_CHUNKS));
    closes("TE.TE, hidden", 400, post(CHUNKED + "Transfer-encoding: x\r\n", EMPTY_CHUNKS));
    closes("twice in one", 400, coded("chunked, chunked"));
    closes("behind another", 400, coded("identity, chunked"));
    closes("before another", 400, coded("chunked, identity"));
    closes("identity", 400, coded("identity"));
    closes("gzip", 400, coded("gzip, chunked"));
    closes("unknown", 400, coded("xchunked"));
    closes("with a parameter", 400, coded("chunked;q=1"));
    closes("in quotes", 400, coded("\"chunked\""));
    closes("behind a vertical tab", 400, coded("\u000bchunked"));
    closes("before a vertical tab", 400, coded("chunked\u000b"));
    closes("with a comma", 400, coded("chunked,"));
    closes("empty", 400, coded(""));
    closes("a blank before its colon", 400, post("Transfer-Encoding : chunked\r\n", EMPTY_CHUNKS));
    closes("a blank before its name", 400, post(" Transfer-Encoding: chunked\r\n", EMPTY_CHUNKS));
    closes("in HTTP/1.0", 400, post(CHUNKED, EMPTY_CHUNKS).replace("HTTP/1.1", "HTTP/1.0"));
    closes("on GET", 400, get("/", CHUNKED) + EMPTY_CHUNKS);
    closes("unknown, a request behind", 400, coded("xchunked") + get(path, auth));
    stays("another field's", 401, post("Transfer_Encoding: xchunked\r\n", ""));
  }

  private static String coded(String coding) {
    return post("Transfer-Encoding: " + coding + "\r\n", EMPTY_CHUNKS);
  }

  private void chunks() {
    group = "chunk";
    stays("one", 401, chunked("5\r\nhello\r\n0\r\n\r\n"));
    stays("in capitals", 401, chunked("A\r\nhellohello\r\n0\r\n\r\n"));
    stays("with leading zeros", 401, chunked("0005\r\nhello\r\n000\r\n\r\n"));
    stays("with an extension", 401, chunked("5;a=b\r\nhello\r\n0;c\r\n\r\n"));
    stays("a trailer", 401, chunked("0\r\nX-A: b\r\n\r\n"));
    stays("a length as a trailer", 401, chunked("0\r\nContent-Length: 50\r\n\r\n"));
    stays("a coding as a trailer", 401, chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"));
    closes("a size in no digits", 400, chunked("g\r\nhello\r\n0\r\n\r\n"));
    closes("no size", 400, chunked("\r\nhello\r\n0\r\n\r\n"));
    closes("a size with a sign", 400, chunked("+5\r\nhello\r\n0\r\n\r\n"));
    closes("a negative size", 400, chunked("-5\r\nhello\r\n0\r\n\r\n"));
    closes("a size with a prefix", 400, chunked("0x5\r\nhello\r\n0\r\n\r\n"));
    // Netty reads a size up to a blank, as if an extension began there.
    stays("a size with a blank inside", 401, chunked("5 5\r\nhello\r\n0\r\n\r\n"));
    closes("a size beyond 32 bits", 400, chunked("100000005\r\nhello\r\n0\r\n\r\n"));
    closes("a size beyond 64 bits", 400, chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"));
    closes("a size that ends in LF", 400, chunked("5\nhello\r\n0\r\n\r\n"));
    closes("an extension that ends in LF", 400, chunked("5;a\nhello\r\n0\r\n\r\n"));
    closes("an extension with a CR", 400, chunked("5;a\rb\r\nhello\r\n0\r\n\r\n"));
    closes("an extension without end", ANY, chunked("5;" + "a".repeat(70_000) + "\r\nhello\r\n"));
    closes("more than its size", 400, chunked("5\r\nhello!\r\n0\r\n\r\n"));
    closes("nothing behind the content", 400, chunked("5\r\nhello0\r\n\r\n"));
    closes("LF behind the content", 400, chunked("5\r\nhello\n0\r\n\r\n"));
    closes("more than the limit", 413, chunked("200000\r\n" + "a".repeat(0x200000) + "\r\n"));
    closes("trailers without end", 400, chunked("0\r\n" + "X-A: b\r\n".repeat(20_000) + "\r\n"));
  }

  private static String chunked(String body) {
    return post(CHUNKED, body);
  }

  private void hosts() {
    group = "host";
    stays("with a port", 404, hosted("Host: localhost:8443\r\n"));
    stays("an address", 404, hosted("Host: [::1]:8443\r\n"));
    stays("with a dot behind", 404, hosted("Host: localhost.\r\n"));
    closes("none", 400, hosted(""));
    closes("two", 400, hosted("Host: a\r\nHost: b\r\n"));
    closes("the same twice", 400, hosted(HOST + HOST));
    closes("two in one", 400, hosted("Host: a, b\r\n"));
    closes("empty", 400, hosted("Host:\r\n"));
    closes("with a path", 400, hosted("Host: a/b\r\n"));
    closes("with a user", 400, hosted("Host: u@b\r\n"));
    closes("with a blank", 400, hosted("Host: a b\r\n"));
    closes("with a tab", 400, hosted("Host: a\tb\r\n"));
    closes("with a backslash", 400, hosted("Host: a\\b\r\n"));
    closes("with a query", 400, hosted("Host: a?b\r\n"));
    closes("with a fragment", 400, hosted("Host: a#b\r\n"));
    closes("with a scheme", 400, hosted("Host: https://a\r\n"));
    closes("with a port in letters", 400, hosted("Host: a:b\r\n"));
    closes("with two ports", 400, hosted("Host: a:1:2\r\n"));
    closes("with half a bracket", 400, hosted("Host: [::1\r\n"));
    closes("beyond ASCII", 400, hosted("Host: \u00e4\r\n"));
    closes("too long", 400, hosted("Host: " + "a".repeat(300) + "\r\n"));
    closes("folded", 400, hosted("Host: a\r\n\tb\r\n"));
    // Joined with a blank and read on, as RFC 9112 section 5.2 allows; no request ends elsewhere.
    stays("with another field folded", 404, hosted("Host: localhost\r\nX-A: a\r\n b\r\n"));
    closes("with a folded length", 400, hosted("Host: localhost\r\nContent-Length: 1\r\n 2\r\n"));
  }

  private static String hosted(String hosts) {
    return "GET / HTTP/1.1\r\n" + hosts + "\r\n";
  }

  private void lines() {
    group = "line";
    stays("empty ones before", 404, "\r\n\r\n" + get("/", ""));
    closes("ends in LF", 400, "GET / HTTP/1.1\nHost: localhost\n\n");
    closes("nonsense", 400, "\u0001\u0002\u0003\r\n\r\n");
    closes("a sentence", 400, "hello there, gateway\r\n\r\n");
    closes("HTTP/0.9", 400, "GET /\r\n\r\n");
    closes("HTTP/0.9 with its number", VERTX, "GET / HTTP/0.9\r\n" + HOST + "\r\n");
    closes("HTTP/1.2", VERTX, "GET / HTTP/1.2\r\n" + HOST + "\r\n");
    closes("HTTP/2.0", VERTX, "GET / HTTP/2.0\r\n" + HOST + "\r\n");
    closes("HTTP/3.0", VERTX, "GET / HTTP/3.0\r\n" + HOST + "\r\n");
    closes("the preface of HTTP/2", VERTX, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    closes("no number", 400, "GET / HTTP/one\r\n" + HOST + "\r\n");
    closes("a long number", VERTX, "GET / HTTP/1.10\r\n" + HOST + "\r\n");
    closes("a number with a zero", VERTX, "GET / HTTP/01.1\r\n" + HOST + "\r\n");
    closes("a small protocol", VERTX, "GET / http/1.1\r\n" + HOST + "\r\n");
    closes("another protocol", VERTX, "GET / ICY/1.1\r\n" + HOST + "\r\n");
    closes("a word more", 400, "GET / HTTP/1.1 x\r\n" + HOST + "\r\n");
    closes("no target", 400, "GET HTTP/1.1\r\n" + HOST + "\r\n");
    closes("a blank in the target", 400, get("/a b", ""));
    closes("a NUL in the target", 400, get("/\u0000", ""));
    closes("a DEL in the target", 400, get("/\u007f", ""));
    stays("a tab behind the target", 404, get("/\t", ""));
    closes("a CR in the target", 400, get("/\rx", ""));
    closes("beyond ASCII", 400, get("/\u00e4", ""));
    closes("too long", 414, get("/" + "x".repeat(20 << 10), ""));
    stays("many blanks", 404, "GET" + " ".repeat(3) + "\t/ HTTP/1.1\r\n" + HOST + "\r\n");
  }

  private void fields() {
    group = "field";
    stays("many", 404, get("/", "X-A: b\r\n".repeat(3_000)));
    stays("33 KiB in all", 404, get("/", ("X-A: " + "b".repeat(1_017) + "\r\n").repeat(33)));
    closes("too many", 431, get("/", "X-A: b\r\n".repeat(20_000)));
    closes("too long", 431, get("/", "X-A: " + "b".repeat(80 << 10) + "\r\n"));
    closes("a name too long", 431, get("/", "X".repeat(80 << 10) + ": b\r\n"));
    closes("a NUL in the value", 400, get("/", "X-A: b\u0000c\r\n"));
    closes("a NUL in the name", 400, get("/", "X\u0000A: b\r\n"));
    closes("a CR in the value", 400, get("/", "X-A: b\rX-B: c\r\n"));
    closes("a vertical tab in the value", 400, get("/", "X-A: b\u000bc\r\n"));
    closes("a blank before the colon", 400, get("/", "X-A : b\r\n"));
    closes("a tab before the colon", 400, get("/", "X-A\t: b\r\n"));
    closes("a blank in the name", 400, get("/", "X A: b\r\n"));
    closes("a blank before the first name", 400, "GET / HTTP/1.1\r\n X-A: b\r\n" + HOST + "\r\n");
    closes("no colon", 400, get("/", "X-A\r\n"));
    closes("no name", 400, get("/", ": b\r\n"));
    closes("brackets in the name", 400, get("/", "X(A): b\r\n"));
    closes("a name beyond ASCII", 400, get("/", "X-\u00e4: b\r\n"));
    closes("two Ranges", 400, get(path, auth + "Range: bytes=0-1\r\nRange: bytes=2-3\r\n"));
    closes("two If-Ranges", 400, get(path, auth + "If-Range: \"a\"\r\nIf-Range: \"b\"\r\n"));
    closes("two Authorizations", 400, get(path, auth + auth));
    stays("two schemes in one", 401, get(path, auth.replace("Bearer", "Basic YTpi, Bearer")));
    stays("a cookie besides", 400, get(path, auth + "Cookie: kv-token=a\r\n"));
    stays("two cookies", 400, get(path, "Cookie: kv-token=a; kv-token=b\r\n"));
    stays("two fields of cookies", 400, get(path, "Cookie: kv-token=a\r\nCookie: kv-token=b\r\n"));
    stays(
        "an upgrade to h2c",
        200,
        get(path, auth + upgrade("h2c") + "HTTP2-Settings: AAMAAABk\r\n"));
    stays("an expectation that is none", 200, get(path, auth + "Expect: miracles\r\n"));
  }

  private static String upgrade(String protocol) {
    return "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: " + protocol + "\r\n";
  }

  private void methods() {
    group = "method";
    for (String method :
        List.of("POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND")) {
      stays(method, 405, method + " " + path + " HTTP/1.1\r\n" + HOST + auth + "\r\n");
    }
    for (String method : List.of("get", "Get", "GETT", "QUERY")) {
      stays(method, 405, method + " " + path + " HTTP/1.1\r\n" + HOST + auth + "\r\n");
    }
    stays(
        "POST with a body",
        405,
        "POST " + path + " HTTP/1.1\r\n" + HOST + auth + "Content-Length: 5\r\n\r\nhello");
    stays("an override", 200, get(path, auth + "X-HTTP-Method-Override: DELETE\r\n"));
    closes("CONNECT", 400, "CONNECT localhost:443 HTTP/1.1\r\n" + HOST + "\r\n");
    closes("OPTIONS *", 400, "OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n");
    closes("brackets", 400, "G(T / HTTP/1.1\r\n" + HOST + "\r\n");
    closes("beyond ASCII", 400, "G\u20acT / HTTP/1.1\r\n" + HOST + "\r\n");
    closes("a NUL", 400, "G\u0000T / HTTP/1.1\r\n" + HOST + "\r\n");
    closes("none", 400, " / HTTP/1.1\r\n" + HOST + "\r\n");
  }

  private void targets() {
    group = "target";
    stays("the absolute form", 200, get("https://localhost" + path, auth));
    stays("another host's", 200, get("https://elsewhere.example" + path, auth));
    stays("dots", 200, get("/files/../files/" + path.substring(7), auth));
    stays("a dot", 200, get("/files/./" + path.substring(7), auth));
    stays("dots in escapes", 200, get("/files/%2e%2e" + path, auth));
    stays("dots beyond the root", 200, get("/../.." + path, auth));
    stays("a slash behind", 200, get(path + "/", auth));
    stays("an escaped letter", 200, get("/%66iles" + path.substring(6), auth));
    stays("an empty query", 200, get(path + "?", auth));
    stays("a query in a query", 200, get(path + "?delivery=stream?delivery=redirect", auth));
    stays("doubled slashes", 200, get("//files//" + path.substring(7), auth));
    stays("dots in double escapes", 404, get("/files/%252e%252e" + path, auth));
    stays("an escaped slash", 404, get("/files%2F" + path.substring(7), auth));
    stays("an escaped slash behind", 404, get(path + "%2F", auth));
    stays("dots behind an escaped slash", 404, get("/files/x%2f.." + path, auth));
    stays("an escaped NUL", 404, get(path + "%00", auth));
    stays("an escaped line end", 404, get(path + "%0d%0aX-A:%20b", auth));
    stays("an escaped query", 404, get(path + "%3fdelivery=redirect", auth));
    stays("a parameter of the path", 404, get(path + ";a=b", auth));
    stays("a suffix", 404, get(path + ".pdf", auth));
    stays("capitals", 404, get("/FILES/" + path.substring(7), auth));
    stays("a backslash", 404, get("/files\\" + path.substring(7), auth));
    stays("an overlong escape", 404, get("/files/%c0%ae%c0%ae" + path, auth));
    stays("no UTF-8", 404, get("/files/%ff", auth));
    stays("the API by dots", 401, get("/files/../api/v1/files", ""));
    stays("the management's", 404, get("/metrics", auth));
    closes("half an escape", 400, get("/files/%", auth));
    closes("no escape", 400, get("/files/%zz", auth));
    closes("half an escape in the query", 400, get(path + "?delivery=%", auth));
    closes("an escape of other digits", 400, get("/files/%\uff11\uff11", auth));
    closes("a star", 400, get("*", auth));
    closes("a host alone", 400, get("localhost:443", auth));
    closes("no slash", 400, get(path.substring(1), auth));
    closes("a scheme alone", 400, get("http:", auth));
    closes("a fragment", 400, get(path + "#a", auth));
  }
}
