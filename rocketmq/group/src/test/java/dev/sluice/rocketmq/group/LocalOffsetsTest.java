package dev.sluice.rocketmq.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalOffsetsTest {
  private static final MessageQueue QUEUE = new MessageQueue("namespace%t", "broker-a", 3);

  @TempDir private Path directory;

  @Test
  void whatWasStoredIsThereWhenItIsOpenedAgain() throws Exception {
    try (LocalOffsets offsets = LocalOffsets.open(file())) {
      assertThat(offsets.load(QUEUE)).isEmpty();
      offsets.advance(QUEUE, 7, 0);
      offsets.advance(QUEUE, 5, 0);
      offsets.persist(List.of(QUEUE));
      offsets.advance(QUEUE, 9, 0);
    }
    try (LocalOffsets offsets = LocalOffsets.open(file())) {
      assertThat(offsets.load(QUEUE)).hasValue(7);
      offsets.reset(QUEUE, 2);
      offsets.persist(List.of(QUEUE));
    }
    try (LocalOffsets offsets = LocalOffsets.open(file())) {
      assertThat(offsets.load(QUEUE)).hasValue(2);
    }
  }

  @Test
  void aWriterThatWasKilledLeavesWhatWasThereBefore() throws Exception {
    try (LocalOffsets offsets = LocalOffsets.open(file())) {
      offsets.advance(QUEUE, 7, 0);
      offsets.persist(List.of(QUEUE));
    }
    Files.writeString(file().resolveSibling("group.new"), "offsets 1\n8 bro");

    try (LocalOffsets offsets = LocalOffsets.open(file())) {
      assertThat(offsets.load(QUEUE)).hasValue(7);
      offsets.advance(QUEUE, 9, 0);
      offsets.persist(List.of(QUEUE));
    }
    try (LocalOffsets offsets = LocalOffsets.open(file())) {
      assertThat(offsets.load(QUEUE)).hasValue(9);
    }
  }

  @Test
  void anUnreadableFileIsAnErrorThatNamesTheLineAndLeavesNothingOpen() throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "offsets 1\n7 broker-a 0 t\nseven broker-a 1 t\n");

    assertThatThrownBy(() -> LocalOffsets.open(file()))
        .isInstanceOf(RocketMQException.class)
        .hasMessageContaining(file().toString())
        .hasMessageContaining("line 3");
    Files.delete(file());
    LocalOffsets.open(file()).close();
  }

  @Test
  void twoConsumersCannotHaveOneFile() {
    try (LocalOffsets first = LocalOffsets.open(file())) {
      assertThat(first.load(QUEUE)).isEmpty();
      assertThatThrownBy(() -> LocalOffsets.open(file()))
          .isInstanceOf(RocketMQException.class)
          .hasMessageContaining("no other consumer");
    }
    LocalOffsets.open(file()).close();
  }

  private Path file() {
    return directory.resolve("10.0.0.1@DEFAULT").resolve("group");
  }
}
