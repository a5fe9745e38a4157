package io.keyveil.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyveil.audit.AuditReader;
import io.keyveil.demo.portal.Person;
import io.keyveil.demo.portal.Trail;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The audit log of the demo's gateway, in words for the person whose file it is about. */
final class DemoTrail implements Trail {
  private final Vertx vertx;
  private final Path folder;

  DemoTrail(Vertx vertx, Path folder) {
    this.vertx = vertx;
    this.folder = folder;
  }

  @Override
  public Future<List<Event>> of(String fileId, Person reader) {
    return vertx.executeBlocking(() -> read(fileId, reader));
  }

  /** A completion does not say the file again, but the event that it ends. */
  private List<Event> read(String fileId, Person reader) throws IOException {
    Map<String, ObjectNode> intents = new LinkedHashMap<>();
    List<Event> events = new ArrayList<>();
    AuditReader.read(
        folder,
        found -> true,
        found -> {
          String event = found.path("event").asText();
          if (found.path("kind").asText().equals("completion")) {
            ObjectNode intent = intents.get(event);
            if (intent != null) {
              events.add(event(found, who(intent, reader), ended(found)));
            }
          } else if (found.path("file").asText().equals(fileId) && isNews(found)) {
            boolean intent = found.path("kind").asText().equals("intent");
            if (intent) {
              intents.put(event, found);
            }
            events.add(event(found, who(found, reader), intent ? asked(found) : done(found)));
          }
        });
    return events;
  }

  /** An act is recorded when it is tried and when it ended, and a link once more by itself. */
  private static boolean isNews(ObjectNode found) {
    String outcome = found.path("outcome").asText();
    boolean link = found.path("action").asText().equals("mint-link");
    return !outcome.equals("tried") && !(link && outcome.equals("answered"));
  }

  private static Event event(ObjectNode found, String who, String what) {
    return new Event(Instant.parse(found.path("time").asText()), who, what);
  }

  private static String who(ObjectNode found, Person reader) {
    String subject = found.path("actor").path("subject").asText();
    if (subject.equals(reader.subject())) {
      return found.has("link") ? "By a link in your name" : "You";
    }
    if (found.has("link") && !found.path("kind").asText().equals("management")) {
      return "By a link";
    }
    return subject.isEmpty() || subject.equals("operator") ? "The clinic" : "Somebody else";
  }

  private static String asked(ObjectNode found) {
    boolean allowed = found.path("decision").asText().equals("allowed");
    return allowed ? "opened it (allowed)" : "wanted to open it (refused)";
  }

  private static String ended(ObjectNode found) {
    String outcome = found.path("outcome").asText();
    String how =
        switch (outcome) {
          case "complete" -> "received all of it";
          case "redirected" -> "was sent on to where it is stored";
          case "aborted-by-client" -> "stopped before the end";
          default -> "did not get all of it";
        };
    long sent = found.path("sent").asLong();
    return sent == 0 ? how : how + " (" + sent + " bytes)";
  }

  private static String done(ObjectNode found) {
    String action =
        switch (found.path("action").asText()) {
          case "register", "add" -> "made it available";
          case "mint-link" -> "made a link to it";
          case "revoke-link", "revoke-links" -> "withdrew a link to it";
          case "revoke" -> "withdrew it";
          default -> "changed how it is made available";
        };
    return action + (found.path("outcome").asText().equals("failed") ? " (but failed)" : "");
  }
}
