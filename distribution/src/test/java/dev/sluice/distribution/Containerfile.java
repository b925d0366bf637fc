package dev.sluice.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** A recipe for a container image, read as its builders read it: stages of instructions. */
record Containerfile(List<Stage> stages) {
  private static final Set<String> KNOWN =
      Set.of(
          "ARG",
          "CMD",
          "COPY",
          "ENTRYPOINT",
          "ENV",
          "EXPOSE",
          "FROM",
          "HEALTHCHECK",
          "LABEL",
          "RUN",
          "STOPSIGNAL",
          "USER",
          "VOLUME",
          "WORKDIR");

  /** An instruction and what follows it, on one line. */
  record Instruction(String name, String text) {
    /** In the form of a list; elsewhere a shell is between. */
    List<String> words() {
      Object list = new Load(LoadSettings.builder().build()).loadFromString(text);
      assertThat(list).as(this + " (expected: a list)").isInstanceOf(List.class);
      return ((List<?>) list).stream().map(String::valueOf).toList();
    }
  }

  /** What is between two FROMs. */
  record Stage(String image, String name, List<Instruction> instructions) {
    List<Instruction> all(String instruction) {
      return instructions.stream().filter(each -> each.name().equals(instruction)).toList();
    }

    /** The one that there is. */
    Instruction only(String instruction) {
      assertThat(all(instruction)).as(instruction).hasSize(1);
      return all(instruction).getFirst();
    }

    int place(Instruction instruction) {
      return instructions.indexOf(instruction);
    }
  }

  static Containerfile read(Path file) throws IOException {
    List<Stage> stages = new ArrayList<>();
    for (Instruction instruction : instructions(Files.readString(file))) {
      if (instruction.name().equals("FROM")) {
        String[] words = instruction.text().split(" +", -1);
        stages.add(new Stage(words[0], words.length == 3 ? words[2] : "", new ArrayList<>()));
      } else {
        assertThat(stages).as("%s comes before FROM", instruction).isNotEmpty();
        stages.getLast().instructions().add(instruction);
      }
    }
    return new Containerfile(stages);
  }

  private static List<Instruction> instructions(String text) {
    List<Instruction> found = new ArrayList<>();
    String joined = text.replaceAll("(?m)^\\s*#.*\\R", "").replaceAll(" *\\\\\\R *", " ");
    for (String line : joined.split("\\R", -1)) {
      if (!line.isBlank()) {
        String[] parts = line.split(" +", 2);
        assertThat(KNOWN).as(line).contains(parts[0]);
        assertThat(parts).as(line).hasSize(2);
        found.add(new Instruction(parts[0], parts[1].strip()));
      }
    }
    return found;
  }

  Stage first() {
    return stages.getFirst();
  }

  Stage last() {
    return stages.getLast();
  }
}
