package io.keyveil.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** The JVM is asked to give memory back. */
final class HeapThriftTest {
  @Test
  void setsWhatNobodySetAtTheStart() {
    HeapThrift.ask();
    HotSpotDiagnosticMXBean machine =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    assertThat(machine.getVMOption("MaxHeapFreeRatio").getValue()).isEqualTo("25");
    assertThat(machine.getVMOption("MinHeapFreeRatio").getValue()).isEqualTo("10");
  }
}
