/**
 * SQL behind the ports: SQLite and PostgreSQL through JDBC, their migrations, and the one door to
 * blocking work.
 *
 * <p>Starting points: {@link io.keyveil.store.Database} is the door, {@link
 * io.keyveil.store.SqlFileStore} what goes through it, {@link io.keyveil.store.ChangeWatch} notices
 * what other processes write.
 */
@NullMarked
@CheckReturnValue
package io.keyveil.store;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
