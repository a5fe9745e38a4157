package io.keyveil.demo.portal;

import io.keyveil.demo.portal.Sessions.Session;
import io.keyveil.page.Html;
import io.keyveil.page.PageTemplate;
import io.keyveil.page.Pages;
import io.keyveil.page.RenderedPage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the portal's pages say, in the frame of the gateway's own. */
final class PortalPages {
  private static final String LANGUAGE = "en";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm:ss 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final PageTemplate signIn = template("sign-in.html");
  private final PageTemplate documents = template("documents.html");
  private final PageTemplate document = template("document.html");
  private final Pages pages;

  PortalPages(Pages pages) {
    this.pages = pages;
  }

  RenderedPage signIn(Session session) {
    List<Map<String, String>> people =
        Arrays.stream(Person.values())
            .map(person -> Map.of("subject", person.subject(), "called", person.called()))
            .toList();
    return page("Sign in", signIn.fill(Map.of("csrf", session.csrf(), "people", people)));
  }

  RenderedPage documents(Session session, Person person, List<Document> all) {
    return page(
        "Your documents",
        documents.fill(
            Map.of(
                "csrf", session.csrf(),
                "called", person.called(),
                "documents", all.stream().map(this::line).toList())));
  }

  RenderedPage document(
      Session session, Document shown, Optional<String> link, List<Trail.Event> events) {
    return page(
        shown.name(),
        document.fill(
            Map.of(
                "csrf",
                session.csrf(),
                "document",
                line(shown),
                "link",
                link.orElse(""),
                "any",
                !events.isEmpty(),
                "events",
                events.stream().map(PortalPages::line).toList())));
  }

  private Map<String, Object> line(Document document) {
    return Map.of(
        "label", document.label(),
        "name", document.name(),
        "about", pages.about(document.type(), document.size(), LANGUAGE),
        "inline", document.inline());
  }

  private static Map<String, String> line(Trail.Event event) {
    return Map.of("time", TIME.format(event.time()), "who", event.who(), "what", event.what());
  }

  private RenderedPage page(String title, Html body) {
    return pages.portal(title, body, LANGUAGE);
  }

  private static PageTemplate template(String name) {
    try (InputStream stream = PortalPages.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("not in the jar: " + name);
      }
      return PageTemplate.of(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
