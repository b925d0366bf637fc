package dev.sluice.rocketmq.wire;

/** The language of a client, as a command's header tells it. */
public enum Language {
  /** Java. */
  JAVA(0),
  /** C++. */
  CPP(1),
  /** C# and the rest of .NET. */
  DOTNET(2),
  /** Python. */
  PYTHON(3),
  /** Delphi. */
  DELPHI(4),
  /** Erlang. */
  ERLANG(5),
  /** Ruby. */
  RUBY(6),
  /** Any other, also one that this version does not know. */
  OTHER(7),
  /** An HTTP client. */
  HTTP(8),
  /** Go. */
  GO(9),
  /** PHP. */
  PHP(10),
  /** OpenMessaging. */
  OMS(11),
  /** Rust. */
  RUST(12),
  /** Node.js. */
  NODE_JS(13);

  private static final Language[] ALL = values();

  private final int number;

  Language(int number) {
    this.number = number;
  }

  /** The number in the binary header form. */
  public int number() {
    return number;
  }

  /** The language with this number, {@link #OTHER} when there is none. */
  static Language ofNumber(int number) {
    for (Language language : ALL) {
      if (language.number == number) {
        return language;
      }
    }
    return OTHER;
  }

  /** The language with this name, {@link #OTHER} when there is none. */
  static Language ofName(String name) {
    for (Language language : ALL) {
      if (language.name().equals(name)) {
        return language;
      }
    }
    return OTHER;
  }
}
