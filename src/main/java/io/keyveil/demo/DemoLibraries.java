package io.keyveil.demo;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the demo's libraries: beside the program in {@code demo-lib}, or already on the class path
 * where tests run.
 *
 * <p>The loader takes everything from the program first, so that both sides share one logging and
 * one JSON library; only the classes of the {@code isolated} package, which the program could load
 * but not link, are its own.
 */
public final class DemoLibraries {
  private static final String ISOLATED = "io.keyveil.demo.isolated.";
  private static final String KIT = ISOLATED + "S3ProxyKit";

  private DemoLibraries() {}

  /**
   * Loads the kit.
   *
   * @throws DemoUnavailableException if the libraries are not there
   */
  public static DemoKit load() {
    try {
      return (DemoKit) loader().loadClass(KIT).getConstructor().newInstance();
    } catch (ReflectiveOperationException | IOException | URISyntaxException e) {
      throw new DemoUnavailableException(
          "demo: its libraries are missing (expected: the folder demo-lib beside keyveil.jar)", e);
    }
  }

  private static ClassLoader loader() throws IOException, URISyntaxException {
    Path program =
        Path.of(DemoLibraries.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path libraries = program.resolveSibling("demo-lib");
    ClassLoader own = DemoLibraries.class.getClassLoader();
    return Files.isRegularFile(program) && Files.isDirectory(libraries)
        ? new IsolatingLoader(jars(program, libraries), own)
        : own;
  }

  private static URL[] jars(Path program, Path libraries) throws IOException {
    List<URL> jars = new ArrayList<>();
    jars.add(url(program));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(libraries, "*.jar")) {
      for (Path file : files) {
        jars.add(url(file));
      }
    }
    return jars.toArray(new URL[0]);
  }

  private static URL url(Path path) throws MalformedURLException {
    return new File(path.toString()).toURI().toURL();
  }

  /** Asks the program's loader first, save for the isolated classes. */
  private static final class IsolatingLoader extends URLClassLoader {
    IsolatingLoader(URL[] jars, ClassLoader parent) {
      super(jars, parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      return name.startsWith(ISOLATED) ? isolated(name) : super.loadClass(name, resolve);
    }

    private Class<?> isolated(String name) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? findClass(name) : loaded;
      }
    }
  }
}
