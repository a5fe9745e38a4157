package io.keyveil.app;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One PromQL expression, read far enough to know which series it asks for and by which labels it
 * groups. What it does not know, be it a function or a character, it refuses.
 */
final class PromQl {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:(?<text>\"(?:[^\"\\\\]|\\\\.)*\")|(?<time>\\[[^\\]]*\\])"
              + "|(?<number>\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)|(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)"
              + "|(?<sign>=~|!~|!=|==|>=|<=|[-+*/%^(){},=<>]))");
  private static final Pattern RANGE = Pattern.compile("\\[(\\d+[smhd]|\\$__rate_interval)\\]");
  private static final Set<String> FUNCTIONS =
      Set.of("rate", "increase", "sum", "max", "min", "avg", "count", "histogram_quantile");
  private static final Set<String> GROUPING =
      Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
  private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool");

  private final List<Selector> selectors = new ArrayList<>();
  private final Set<String> groupings = new HashSet<>();

  /** A matcher of a selector, such as {@code kind="internal"}. */
  record Match(String label, String operator, String value) {
    /** Whether a series with this value is asked for. */
    boolean takes(String found) {
      return switch (operator) {
        case "=" -> found.equals(value);
        case "!=" -> !found.equals(value);
        case "=~" -> found.matches(value);
        default -> !found.matches(value);
      };
    }
  }

  /** The series of one metric that are asked for. */
  record Selector(String metric, List<Match> matches) {}

  private record Token(String kind, String text) {}

  /** Reads an expression, or says what it cannot read. */
  static PromQl parse(String expression) {
    PromQl query = new PromQl();
    query.read(tokens(expression));
    return query;
  }

  List<Selector> selectors() {
    return selectors;
  }

  Set<String> groupings() {
    return groupings;
  }

  private static List<Token> tokens(String expression) {
    List<Token> tokens = new ArrayList<>();
    Matcher next = TOKEN.matcher(expression);
    int at = 0;
    while (at < expression.stripTrailing().length()) {
      if (!next.region(at, expression.length()).lookingAt()) {
        throw new IllegalArgumentException("at " + at + " of " + expression);
      }
      for (String kind : List.of("text", "time", "number", "name", "sign")) {
        Optional.ofNullable(next.group(kind)).ifPresent(text -> tokens.add(new Token(kind, text)));
      }
      at = next.end();
    }
    return tokens;
  }

  private void read(List<Token> tokens) {
    Deque<String> open = new ArrayDeque<>();
    int at = 0;
    while (at < tokens.size()) {
      Token token = tokens.get(at);
      String after = at + 1 < tokens.size() ? tokens.get(at + 1).text() : "";
      if (token.kind().equals("name") && GROUPING.contains(token.text())) {
        require(after.equals("("), token);
        at = labels(tokens, at + 2);
      } else if (token.kind().equals("name") && after.equals("(")) {
        require(FUNCTIONS.contains(token.text()), token);
      } else if (token.kind().equals("name") && FUNCTIONS.contains(token.text())) {
        require(GROUPING.contains(after), token);
      } else if (token.kind().equals("name") && !OPERATORS.contains(token.text())) {
        at = selector(tokens, at);
      } else if (token.kind().equals("time")) {
        require(RANGE.matcher(token.text()).matches(), token);
      } else if (token.text().equals("(")) {
        open.push("(");
      } else if (token.text().equals(")")) {
        require(!open.isEmpty(), token);
        open.pop();
      } else {
        require(!token.kind().equals("text") && !"{}".contains(token.text()), token);
      }
      at++;
    }
    if (!open.isEmpty()) {
      throw new IllegalArgumentException("a bracket is not closed");
    }
  }

  /** Reads up to the closing bracket, whose place it gives. */
  private int labels(List<Token> tokens, int from) {
    int at = from;
    while (!tokens.get(at).text().equals(")")) {
      Token token = tokens.get(at++);
      require(token.kind().equals("name") || token.text().equals(","), token);
      if (token.kind().equals("name")) {
        groupings.add(token.text());
      }
    }
    return at;
  }

  /** Reads a metric and its matchers; gives the place of the last token of it. */
  private int selector(List<Token> tokens, int from) {
    List<Match> matches = new ArrayList<>();
    int at = from;
    if (at + 1 < tokens.size() && tokens.get(at + 1).text().equals("{")) {
      at += 2;
      while (!tokens.get(at).text().equals("}")) {
        Token value = tokens.get(at + 2);
        require(tokens.get(at).kind().equals("name"), tokens.get(at));
        require(Set.of("=", "!=", "=~", "!~").contains(tokens.get(at + 1).text()), value);
        require(value.kind().equals("text"), value);
        matches.add(
            new Match(
                tokens.get(at).text(),
                tokens.get(at + 1).text(),
                value.text().substring(1, value.text().length() - 1)));
        at += tokens.get(at + 3).text().equals(",") ? 4 : 3;
      }
    }
    selectors.add(new Selector(tokens.get(from).text(), matches));
    return at;
  }

  private static void require(boolean holds, Token token) {
    if (!holds) {
      throw new IllegalArgumentException("unexpected: " + token.text());
    }
  }
}
