package io.keyveil.delivery;

/**
 * What became of a transfer.
 *
 * @param ending how it ended
 * @param bytes how many bytes were handed to the client's connection
 */
public record TransferEnd(Ending ending, long bytes) {}
