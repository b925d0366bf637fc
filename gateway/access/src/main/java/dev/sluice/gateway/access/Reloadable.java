package dev.sluice.gateway.access;

/** Something made of files that is made anew when they change. */
public interface Reloadable {

  /** What a look found. */
  enum Outcome {
    /** Nothing new, or nothing new that was not told of before. */
    UNCHANGED,
    /** The files have changed and are in use. */
    RELOADED,
    /** The files have changed and cannot be used; what was there before stays in use. */
    REFUSED
  }

  /** Looks at the files. Blocks on reading them; one look at a time. */
  Outcome look();
}
