package io.keyveil.store;

/**
 * What the connections of one lane do at a moment.
 *
 * @param active connections that work
 * @param idle connections that stand ready
 * @param waiting how much work waits for a connection
 */
public record LaneLoad(int active, int idle, int waiting) {
  static LaneLoad of(Lane lane) {
    return new LaneLoad(lane.active(), lane.idle(), lane.waiting());
  }
}
