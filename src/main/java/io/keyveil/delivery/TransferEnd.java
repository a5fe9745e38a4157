package io.keyveil.delivery;

import io.keyveil.audit.AuditRecord.Ending;

/**
 * What became of a transfer.
 *
 * @param ending how it ended
 * @param bytes how many bytes were handed to the client's connection
 */
public record TransferEnd(Ending ending, long bytes) {}
