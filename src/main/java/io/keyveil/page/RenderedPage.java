package io.keyveil.page;

/**
 * A page that is ready to be sent.
 *
 * @param html the document, to be sent as UTF-8
 * @param language for {@code Content-Language}
 * @param contentSecurityPolicy what it may load and do: next to nothing
 */
public record RenderedPage(String html, String language, String contentSecurityPolicy) {}
