package io.keyveil.ops;

/**
 * The management listener, which speaks plain HTTP and belongs to operators alone.
 *
 * @param host the address to listen on
 * @param port the port, 0 to 65535; 0 takes a free one
 */
public record ManagementSettings(String host, int port) {
  public static final ManagementSettings DEFAULTS = new ManagementSettings("127.0.0.1", 9090);

  public ManagementSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
    if (host.isBlank()) {
      throw new IllegalArgumentException("host: nothing (expected: an address)");
    }
  }
}
