/**
 * What is switched off: subjects, tokens, issuers, clients, files, links, or everything.
 *
 * <p>Starting points: {@link io.keyveil.block.Block} is one switch, {@link
 * io.keyveil.block.BlockList} answers whether one is thrown, and {@link io.keyveil.block.Blocks}
 * knows the list that is in force.
 */
@NullMarked
@CheckReturnValue
package io.keyveil.block;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
