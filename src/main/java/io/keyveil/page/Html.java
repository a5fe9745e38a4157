package io.keyveil.page;

import java.util.List;
import java.util.stream.Collectors;

/** A fragment of a document in which every text that came from outside is escaped. */
public final class Html {
  private final String markup;

  private Html(String markup) {
    this.markup = markup;
  }

  /** What a template of ours made. */
  static Html trusted(String markup) {
    return new Html(markup);
  }

  /** One after the other. */
  public static Html all(List<Html> fragments) {
    return new Html(fragments.stream().map(Html::markup).collect(Collectors.joining()));
  }

  String markup() {
    return markup;
  }

  @Override
  public String toString() {
    return "Html[" + markup.length() + "]";
  }
}
