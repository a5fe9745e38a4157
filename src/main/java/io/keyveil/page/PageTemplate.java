package io.keyveil.page;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import java.util.HashMap;
import java.util.Map;

/**
 * A Mustache template: <code>{{name}}</code> is a text, escaped; <code>{{#name}}...{{/name}}</code>
 * stands where there is one, or once for each of a list; <code>{{{name}}}</code> is a fragment.
 */
public final class PageTemplate {
  private static final Mustache.Compiler COMPILER =
      Mustache.compiler().escapeHTML(true).emptyStringIsFalse(true).strictSections(true);

  private final Template template;

  private PageTemplate(Template template) {
    this.template = template;
  }

  /**
   * Reads a template that is part of the program.
   *
   * @throws InvalidPagesException if it is not well-formed
   */
  public static PageTemplate of(String text) {
    return of("template", text);
  }

  static PageTemplate of(String name, String text) {
    try {
      return new PageTemplate(COMPILER.compile(text));
    } catch (MustacheException e) {
      throw broken(name, e);
    }
  }

  /**
   * The fragment that it makes of these values: texts, lists of such maps, booleans, and {@link
   * Html}.
   */
  public Html fill(Map<String, ?> values) {
    return fill("template", values);
  }

  Html fill(String name, Map<String, ?> values) {
    return Html.trusted(text(name, values));
  }

  /** The same, where what is made is a part of the page and no fragment, such as its style. */
  String text(String name, Map<String, ?> values) {
    Map<String, Object> opened = new HashMap<>(values);
    opened.replaceAll((key, value) -> value instanceof Html html ? html.markup() : value);
    try {
      return template.execute(opened);
    } catch (MustacheException e) {
      throw broken(name, e);
    }
  }

  private static InvalidPagesException broken(String name, MustacheException e) {
    String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return new InvalidPagesException(
        "pages.templates: " + name + ": " + why + " (expected: a Mustache template)");
  }
}
