package dev.sluice.gateway.access;

import java.io.ByteArrayInputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A part of a YAML file, which knows the line that it stands in: what is wrong with a file that
 * people write by hand is to be found in it. Quotes nothing of the file that it is not asked to.
 */
final class YamlPart {

  private static final LoadSettings LIMITS =
      LoadSettings.builder().setMaxAliasesForCollections(0).build();

  private final NamedFile file;
  private final String name;
  private final Node node;

  private YamlPart(NamedFile file, String name, Node node) {
    this.file = file;
    this.name = name;
    this.node = node;
  }

  /**
   * All of a file.
   *
   * @param expected what should be in it
   * @throws AccessException where it is empty or no YAML
   */
  static YamlPart of(NamedFile file, byte[] bytes, String expected) {
    Optional<Node> root;
    try {
      root = new Compose(LIMITS).composeInputStream(new ByteArrayInputStream(bytes));
    } catch (MarkedYamlEngineException e) {
      // Not given as the cause: its message quotes lines of the file.
      throw file.unusable(
          "is no YAML" + e.getProblemMark().map(YamlPart::line).orElse(""), expected);
    } catch (YamlEngineException e) {
      throw file.unusable("is no YAML", expected);
    }
    return new YamlPart(file, "", root.orElseThrow(() -> file.unusable("is empty", expected)));
  }

  /** The parts of a list. */
  List<YamlPart> list(int most, String expected) {
    if (!(node instanceof SequenceNode list)) {
      throw wrong("is no list", expected);
    }
    int size = list.getValue().size();
    if (size == 0 || size > most) {
      throw wrong("has " + size + " entries", "1 to " + most + ": " + expected);
    }
    return list.getValue().stream().map(each -> new YamlPart(file, name, each)).toList();
  }

  /** The parts of a list, or the one part that stands for a list of it. */
  List<YamlPart> oneOrMore(int most, String expected) {
    return node instanceof SequenceNode ? list(most, expected) : List.of(this);
  }

  /** The parts of a map. */
  Map<String, YamlPart> fields(Set<String> known, String expected) {
    if (!(node instanceof MappingNode map)) {
      throw wrong("is no map", expected);
    }
    Map<String, YamlPart> fields = new LinkedHashMap<>();
    for (NodeTuple tuple : map.getValue()) {
      String field = tuple.getKeyNode() instanceof ScalarNode key ? key.getValue() : "";
      YamlPart part = new YamlPart(file, field, tuple.getValueNode());
      if (!known.contains(field)) {
        throw new YamlPart(file, "", tuple.getKeyNode())
            .wrong("has an unknown field", String.join(", ", known.stream().sorted().toList()));
      }
      if (fields.put(field, part) != null) {
        throw part.wrong("is there twice", "each field once");
      }
    }
    return fields;
  }

  /** A text, which may be a number or the like as well. */
  String text(String expected) {
    if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
      return scalar.getValue();
    }
    throw wrong(node instanceof ScalarNode ? "is empty" : "is no text", expected);
  }

  /** A whole number of 1 to so many. */
  int number(int most) {
    String expected = "a whole number of 1 to " + most;
    String text = text(expected);
    if (text.matches("[0-9]{1,10}")) {
      long value = Long.parseLong(text);
      if (value >= 1 && value <= most) {
        return (int) value;
      }
    }
    throw wrong("is " + text, expected);
  }

  /**
   * What to throw where this part is wrong.
   *
   * @param why what it is, without secrets
   * @param expected what it should be
   */
  AccessException wrong(String why, String expected) {
    String where = node.getStartMark().map(YamlPart::line).orElse("");
    String what = name.isEmpty() ? " " : ": " + name + " ";
    return new AccessException(file + where + what + why + " (expected: " + expected + ")");
  }

  private static String line(Mark mark) {
    return ", line " + (mark.getLine() + 1);
  }
}
