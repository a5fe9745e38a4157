package io.keyveil.delivery;

import java.util.Locale;

/** Why a download was refused. Clients learn less: those of files look the same to them. */
public enum Refusal {
  NO_CREDENTIAL,
  INVALID_TOKEN,
  /** The token holds, but its subject, its client, its issuer or itself is switched off. */
  BLOCKED_TOKEN,
  INSUFFICIENT_SCOPE,
  /** The subject, or its address, asks faster than it may. */
  TOO_FAST,
  /** The subject already has as many downloads as it may have at once. */
  TOO_MANY,
  /** The gateway already has as many downloads as it may have at once. */
  FULL,
  /** All downloads are switched off. */
  BLOCKED,
  /** There is no such file, or the text is no file ID. */
  UNKNOWN,
  /** The access rule does not hold for this subject. */
  FOREIGN,
  REVOKED,
  EXPIRED,
  /** The file is switched off. */
  BLOCKED_FILE,
  /** There is no such link, or no file of that name in it. */
  LINK_UNKNOWN,
  LINK_EXPIRED,
  LINK_REVOKED,
  /** As many downloads as it was good for are complete. */
  LINK_USED_UP,
  /** Somebody else has begun the last download that is left. */
  LINK_IN_USE,
  /** The link, who made it, or on whose behalf, is switched off. */
  BLOCKED_LINK,
  /** The link is good, and its file is revoked, expired or switched off. */
  LINK_WITHOUT_FILE,
  /** A program looks at the link before its person does. */
  PREVIEW;

  /** The status it is answered with. */
  public int status() {
    return switch (this) {
      case NO_CREDENTIAL, INVALID_TOKEN, BLOCKED_TOKEN -> 401;
      case INSUFFICIENT_SCOPE, PREVIEW -> 403;
      case TOO_FAST, TOO_MANY -> 429;
      case FULL, BLOCKED, LINK_IN_USE -> 503;
      case UNKNOWN, FOREIGN, REVOKED, EXPIRED, BLOCKED_FILE, LINK_UNKNOWN -> 404;
      case LINK_EXPIRED, LINK_REVOKED, LINK_USED_UP, BLOCKED_LINK, LINK_WITHOUT_FILE -> 410;
    };
  }

  /** The word for logs, metrics and the audit log. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
