/**
 * S3: the only user of the AWS SDK. The SDK signs and does the control plane; bytes come through
 * Vert.x's own client.
 *
 * <p>Starting points: {@link io.keyveil.s3.S3ObjectSource} reads, {@link io.keyveil.s3.S3Signer}
 * signs for reads and redirects alike, {@link io.keyveil.s3.S3Control} heads and uploads.
 */
@NullMarked
@CheckReturnValue
package io.keyveil.s3;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
