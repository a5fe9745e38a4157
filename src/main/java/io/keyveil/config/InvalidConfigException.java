package io.keyveil.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Settings that cannot be used: one line for each thing that is wrong, none with a secret. */
public final class InvalidConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ArrayList<String> problems;

  InvalidConfigException(Collection<String> problems) {
    super(String.join("\n", problems));
    this.problems = new ArrayList<>(problems);
  }

  /** Such as {@code listen.port: 70000 (expected: 0 to 65535)}, in the order of the settings. */
  public List<String> problems() {
    return List.copyOf(problems);
  }
}
