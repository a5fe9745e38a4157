/**
 * What was decided and what became of it: records of downloads and of management, written to disk
 * before anything else happens, each chained to the one before.
 *
 * <p>Starting points: {@link io.keyveil.audit.AuditLog} is the port, {@link
 * io.keyveil.audit.FileAuditLog} the log on disk, {@link io.keyveil.audit.AuditVerifier} its proof.
 */
@NullMarked
@CheckReturnValue
package io.keyveil.audit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
