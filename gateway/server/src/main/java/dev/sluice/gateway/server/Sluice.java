package dev.sluice.gateway.server;

/** The program's entry. */
public final class Sluice {
  private Sluice() {}

  public static void main(String[] args) {
    System.out.println(String.join(",", args));
  }
}
