package io.keyveil.app;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the JVM to give memory back that a burst has touched. Bytes of files lie outside the heap,
 * so that thousands of slow downloads hardly make it collect, and what their beginning has touched
 * would stay resident for as long as they last.
 */
final class HeapThrift {
  private static final Logger LOG = LoggerFactory.getLogger(HeapThrift.class);

  /**
   * Options that may be set while the JVM runs; whoever set one at its start knows better. The
   * lower end goes first, since the upper one must not lie below it.
   */
  private static final List<Map.Entry<String, String>> OPTIONS =
      List.of(
          Map.entry("MinHeapFreeRatio", "10"),
          Map.entry("MaxHeapFreeRatio", "25"),
          Map.entry("G1PeriodicGCInterval", "10000"));

  private HeapThrift() {}

  static void ask() {
    HotSpotDiagnosticMXBean machine =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (machine != null) {
      OPTIONS.forEach(option -> set(machine, option.getKey(), option.getValue()));
    }
  }

  private static void set(HotSpotDiagnosticMXBean machine, String name, String value) {
    try {
      if (machine.getVMOption(name).getOrigin() == VMOption.Origin.DEFAULT) {
        machine.setVMOption(name, value);
      }
    } catch (IllegalArgumentException e) {
      // Another collector, or another JVM.
      LOG.atDebug().addKeyValue("option", name).log("not an option of this JVM");
    }
  }
}
