package io.keyveil.http;

/** The plain page that a person sees in place of a problem. */
final class Page {
  /** Nothing but the page's own style. */
  static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private Page() {}

  static String of(Problem problem) {
    return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="robots" content="noindex">
        <title>%1$s</title>
        <style>
        body { font: 1.125rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1rem }
        h1 { font-size: 1.5rem }
        </style>
        </head>
        <body>
        <main>
        <h1>%1$s</h1>
        <p>%2$s</p>
        </main>
        </body>
        </html>
        """
        .formatted(escape(problem.title()), escape(problem.detail()));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
