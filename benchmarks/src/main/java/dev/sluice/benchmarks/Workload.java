package dev.sluice.benchmarks;

import java.io.IOException;
import java.util.List;

/**
 * One workload: what a turn of it is, at which levels, and who takes turns.
 *
 * @param <P> those who do, whose names the table shows
 */
interface Workload<P extends Enum<P>> {

  /** Its id in the list of workloads, and what it is. */
  String title();

  /** What its levels are levels of, the name of the table's first column. */
  String levelName();

  List<Integer> levels();

  /** What those are who take turns, the name of the table's second column. */
  String partyName();

  /** Who takes turns, in this order. */
  List<P> parties(RunOptions options);

  /** Which medians are compared. */
  List<Ratio<P>> ratios();

  /** The columns that it fills, in order. */
  List<Column> columns();

  /** How long a turn takes, and what goes before it; part of a sentence. */
  default String course(RunOptions options) {
    return "warm-up " + options.warmUpSeconds + " s, measured " + options.measureSeconds + " s";
  }

  /** Runs one turn of one of them at one level. */
  Turn turn(Stage stage, P party, int level) throws IOException, InterruptedException;

  /** One is compared to another. */
  record Ratio<P>(P of, P to) {}
}
