package io.keyveil.limit;

/** Hears of everything that is over a limit, on any thread. */
public interface LimitEvents {
  /** A request was refused, a stream slowed down for the first time, or neither but reported. */
  void exceeded(Limit limit, Enforcement mode);
}
