package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.RegisterExtension;

class LeakExtensionTest {

  @Test
  void aBufferThatIsNotReleasedFailsTheClassThatLeakedIt() throws Exception {
    FailingRun run = FailingRun.of(ReleasesNothing.class, ReleasesAll.class);

    assertThat(run.failures()).as(run.output()).isOne();
    assertThat(run.output())
        .contains("1 leaked by the end of LeakExtensionTest$ReleasesNothing")
        .contains("ByteBuf was collected before it was released")
        .contains("leaksHere");
  }

  @Test
  void aBufferThatIsHeldToTheEndOfItsClassIsFoundInTheEnd() throws Exception {
    FailingRun run = FailingRun.of(HoldsOnUntilAfterItsCheck.class);

    assertThat(run.failures()).as(run.output()).isOne();
    assertThat(run.output()).contains("leaked by the end of all tests");
  }

  @Test
  void aPrintedLineThatAnnouncesALeakFailsItsClass() throws Exception {
    FailingRun run = FailingRun.of(PrintsALeak.class);

    assertThat(run.failures()).as(run.output()).isOne();
    assertThat(run.output()).contains("printed: ERROR child LEAK: something");
  }

  @Test
  void whatIsReleasedFailsNothing() throws Exception {
    FailingRun run = FailingRun.of(ReleasesAll.class);

    assertThat(run.failures()).as(run.output()).isZero();
  }

  static class ReleasesNothing {
    @Test
    void leaksHere() {
      PooledByteBufAllocator.DEFAULT.heapBuffer(64).writeInt(1);
    }

    @Nested
    class Inner {
      @Test
      void leaksNothing() {
        assertThat(PooledByteBufAllocator.DEFAULT.heapBuffer(64).release()).isTrue();
      }
    }
  }

  static class ReleasesAll {
    @Test
    void releases() {
      assertThat(UnpooledByteBufAllocator.DEFAULT.directBuffer(64).release()).isTrue();
    }
  }

  static class HoldsOnUntilAfterItsCheck implements BeforeAllCallback {
    private static final AtomicReference<@Nullable ByteBuf> HELD = new AtomicReference<>();

    @RegisterExtension
    static final HoldsOnUntilAfterItsCheck LETS_GO = new HoldsOnUntilAfterItsCheck();

    @Override
    public void beforeAll(ExtensionContext context) {
      AutoCloseable letGo = () -> HELD.set(null);
      context
          .getRoot()
          .getStore(Namespace.create(HoldsOnUntilAfterItsCheck.class))
          .put("held", letGo);
    }

    @Test
    void holds() {
      HELD.set(PooledByteBufAllocator.DEFAULT.heapBuffer(64));
    }
  }

  static class PrintsALeak {
    @Test
    void prints() {
      System.err.println("ERROR child LEAK: something");
    }
  }
}
