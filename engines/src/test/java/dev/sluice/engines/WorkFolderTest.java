package dev.sluice.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class WorkFolderTest {

  @Test
  void isGoneWithAllThatIsInItWhenTheRunEnds() throws IOException {
    Path path;
    try (WorkFolder folder = WorkFolder.create("work-folder-test")) {
      path = folder.path();
      Files.writeString(Files.createDirectories(path.resolve("store/queue")).resolve("0"), "data");
    }

    assertThat(path).doesNotExist();
  }

  @Test
  void staysWhereSomebodyWillWantToLook() throws IOException {
    WorkFolder folder = WorkFolder.create("work-folder-test");
    try (folder) {
      folder.keep(true);
    }

    assertThat(folder.path()).exists();
    Files.delete(folder.path());
  }
}
