package io.keyveil.page;

import java.util.Locale;

/** What a page can tell somebody who came for a file and does not get it. */
public enum Notice {
  /** The link was good for so many downloads, and there were so many. */
  LINK_USED_UP(Icon.DONE, false),
  LINK_EXPIRED(Icon.CLOCK, false),
  LINK_REVOKED(Icon.LOCK, false),
  /** Another device's download by a one-time link is under way. */
  LINK_IN_USE(Icon.CLOCK, true),
  /** Nothing here for whoever asks, or nothing at all; nobody is told which. */
  NOT_FOUND(Icon.SEARCH, false),
  /** No credential, or one that does not count any more. */
  SIGN_IN(Icon.LOCK, false),
  FORBIDDEN(Icon.LOCK, false),
  /** The gateway, or something it needs, has too much to do or is being restarted. */
  BUSY(Icon.CLOCK, true),
  /** This person, or this network, asked too often. */
  TOO_MANY(Icon.CLOCK, true),
  /** The file is no longer what was registered. */
  GONE(Icon.SEARCH, false),
  STORAGE_TROUBLE(Icon.ALERT, true),
  BAD_REQUEST(Icon.ALERT, false),
  /** The address is good for something else, such as sending a form. */
  METHOD(Icon.ALERT, false),
  /** A fault of ours. */
  FAILED(Icon.ALERT, true);

  private final Icon icon;
  private final boolean passing;

  Notice(Icon icon, boolean passing) {
    this.icon = icon;
    this.passing = passing;
  }

  /** The picture beside it. */
  enum Icon {
    ALERT,
    CLOCK,
    DONE,
    FILE,
    LOCK,
    SEARCH;

    String resource() {
      return "icon-" + name().toLowerCase(Locale.ROOT) + ".svg";
    }
  }

  Icon icon() {
    return icon;
  }

  /** Whether the same address may well work soon. */
  boolean passing() {
    return passing;
  }

  /** What its texts' names begin with. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
