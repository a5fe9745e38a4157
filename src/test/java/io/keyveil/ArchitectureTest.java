package io.keyveil;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass.Predicates;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What may import what: the one map of the house. */
class ArchitectureTest {
  private static final String BASE = "io.keyveil.";
  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.keyveil");

  /** A package, and what it may import of ours. */
  private static final Map<String, List<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("access", List.of()),
          Map.entry("audit", List.of()),
          Map.entry("ops", List.of()),
          Map.entry("page", List.of()),
          Map.entry("file", List.of("access")),
          Map.entry("limit", List.of("access")),
          Map.entry("block", List.of("access", "file")),
          Map.entry("link", List.of("access", "file")),
          Map.entry("delivery", List.of("access", "audit", "block", "file", "limit", "link")),
          Map.entry("store", List.of("access", "audit", "block", "file", "link")),
          Map.entry("s3", List.of("access", "audit", "file", "delivery")),
          Map.entry(
              "http",
              List.of(
                  "access", "audit", "block", "file", "limit", "link", "delivery", "ops", "page")),
          Map.entry(
              "config",
              List.of(
                  "access",
                  "audit",
                  "ops",
                  "page",
                  "file",
                  "limit",
                  "link",
                  "delivery",
                  "store",
                  "s3",
                  "http")),
          Map.entry("demo", List.of("page")),
          Map.entry(
              "app",
              List.of(
                  "access",
                  "audit",
                  "ops",
                  "page",
                  "block",
                  "file",
                  "limit",
                  "link",
                  "delivery",
                  "store",
                  "s3",
                  "http",
                  "config",
                  "demo")));

  static Stream<String> packages() {
    return MAY_IMPORT.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("packages")
  void importsOnlyWhatTheTableAllows(String name) {
    String[] allowed =
        Stream.concat(Stream.of(name), MAY_IMPORT.get(name).stream())
            .map(other -> BASE + other + "..")
            .toArray(String[]::new);
    ArchRule rule =
        classes()
            .that()
            .resideInAPackage(BASE + name + "..")
            .should()
            .onlyDependOnClassesThat(
                Predicates.resideOutsideOfPackage("io.keyveil..")
                    .or(Predicates.resideInAnyPackage(allowed)));
    rule.check(HOUSE);
  }

  @Test
  void everyPackageIsOnTheMap() {
    Assertions.assertThat(
            HOUSE.stream()
                .map(type -> type.getPackageName().split("\\."))
                .map(parts -> parts[2])
                .distinct())
        .containsExactlyInAnyOrderElementsOf(MAY_IMPORT.keySet());
  }

  @Test
  void hasNoCycles() {
    slices().matching("io.keyveil.(*)..").should().beFreeOfCycles().check(HOUSE);
  }

  @Test
  void onlyS3SeesTheSdk() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.keyveil.s3..", "io.keyveil.demo.isolated..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon..")
        .check(HOUSE);
  }

  @Test
  void onlyTheIsolatedKitSeesTheDemosLibraries() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.keyveil.demo.isolated..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.gaul..", "io.netty.pkitesting..", "org.eclipse.jetty..")
        .check(HOUSE);
  }

  @Test
  void onlyTheStoreTalksSql() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.keyveil.store..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "javax.sql..", "com.zaxxer..", "org.flywaydb..")
        .check(HOUSE);
  }

  @Test
  void noPackageIsAJunkRoom() {
    List<String> junk = Arrays.asList("util", "common", "model", "service", "impl");
    Assertions.assertThat(MAY_IMPORT.keySet()).doesNotContainAnyElementsOf(junk);
  }
}
