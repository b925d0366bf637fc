package dev.sluice.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/** One workload: what a turn of it is, and at which levels. */
interface Workload {

  /** Its id in the list of workloads, and what it is. */
  String title();

  /** What its levels are levels of, the name of the table's first column. */
  String levelName();

  List<Integer> levels();

  /** Who can serve it. */
  Set<Peer> peers();

  /** The columns that it fills, in order. */
  List<Column> columns();

  /** How long a turn takes, and what goes before it; part of a sentence. */
  default String course(RunOptions options) {
    return "warm-up " + options.warmUpSeconds + " s, measured " + options.measureSeconds + " s";
  }

  /** Runs one turn of one server at one level. */
  Turn turn(Stage stage, Peer peer, int level) throws IOException, InterruptedException;
}
