package io.keyveil.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Parameters in the order that signatures want, however they come. */
final class CanonicalQueryTest {
  private static final List<String> NAMES =
      List.of(
          "a", "a-b", "a b", "a{", "ab", "a=b", "A", "Z", "~", "x-c", "versionId", "%", "\u00e9");

  @Test
  void ordersParametersByTheirEncodedNames() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 1000; round++) {
      List<String> names = new ArrayList<>(NAMES);
      Collections.shuffle(names, random);
      CanonicalQuery query = new CanonicalQuery();
      Map<String, String> sorted = new TreeMap<>();
      for (String name : names.subList(0, random.nextInt(names.size()))) {
        query.add(name, name + "/");
        sorted.put(PercentEncoding.component(name), PercentEncoding.component(name + "/"));
      }
      assertThat(query)
          .as("seed %d, round %d", seed, round)
          .hasToString(
              sorted.entrySet().stream()
                  .map(one -> one.getKey() + "=" + one.getValue())
                  .collect(Collectors.joining("&")));
    }
  }

  @Test
  void putsReadyTextWhereItsNamesBelong() {
    CanonicalQuery query = new CanonicalQuery();
    query.addAll("X-Amz-", "X-Amz-A=1&X-Amz-B=2");
    query.add("a", "3");
    query.add("X-Aaa", "0");
    assertThat(query).hasToString("X-Aaa=0&X-Amz-A=1&X-Amz-B=2&a=3");
  }
}
