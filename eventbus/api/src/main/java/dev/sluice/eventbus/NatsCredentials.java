package dev.sluice.eventbus;

import java.nio.file.Path;
import java.util.Objects;

/** Who a bus is to a NATS server. Secrets are never printed. */
public sealed interface NatsCredentials {

  /** Nobody in particular. */
  static NatsCredentials none() {
    return new None();
  }

  /** A user with a password. */
  static NatsCredentials user(String name, String password) {
    return new User(name, password);
  }

  /** Whoever knows the token. */
  static NatsCredentials token(String token) {
    return new Token(token);
  }

  /** What a {@code .creds} file says: a JWT and its key. Read at each connect. */
  static NatsCredentials file(Path file) {
    return new CredentialsFile(file);
  }

  /** See {@link NatsCredentials#none}. */
  record None() implements NatsCredentials {}

  /** See {@link NatsCredentials#user}. */
  record User(String name, String password) implements NatsCredentials {
    /** Refuses what is not there. */
    public User {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(password, "password");
    }

    @Override
    public String toString() {
      return "User[" + name + ", password not shown]";
    }
  }

  /** See {@link NatsCredentials#token}. */
  record Token(String token) implements NatsCredentials {
    /** Refuses what is not there. */
    public Token {
      Objects.requireNonNull(token, "token");
    }

    @Override
    public String toString() {
      return "Token[not shown]";
    }
  }

  /** See {@link NatsCredentials#file}. */
  record CredentialsFile(Path file) implements NatsCredentials {
    /** Refuses what is not there. */
    public CredentialsFile {
      Objects.requireNonNull(file, "file");
    }
  }
}
