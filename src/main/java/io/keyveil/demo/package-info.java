/**
 * What {@code keyveil demo} needs beside the gateway: an S3 server in this process, a certificate
 * and sample files.
 *
 * <p>Starting point: {@link io.keyveil.demo.DemoKit}. The libraries behind it never enter the
 * production class path; {@link io.keyveil.demo.DemoLibraries} loads them from a folder of their
 * own.
 */
@NullMarked
@CheckReturnValue
package io.keyveil.demo;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
