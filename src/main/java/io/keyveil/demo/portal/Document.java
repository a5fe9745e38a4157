package io.keyveil.demo.portal;

/**
 * A document as the portal's own records have it; what it is to the gateway is its file ID.
 *
 * @param owner whose it is
 * @param label its name in the portal's addresses
 * @param fileId its ID at the gateway, which no page shows
 * @param name the file name
 * @param type the media type
 * @param size in bytes
 * @param inline whether browsers show it in place
 */
public record Document(
    Person owner,
    String label,
    String fileId,
    String name,
    String type,
    long size,
    boolean inline) {}
