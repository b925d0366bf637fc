package dev.sluice.gateway.access;

import io.grpc.ChannelCredentials;
import io.grpc.netty.NettySslContextChannelCredentials;
import io.netty.handler.ssl.ClientAuth;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards a gateway: whose signature its certificate needs, and the certificate to show. The
 * name or address that is connected to must be in the gateway's certificate. The files are read
 * anew when they change, for new connections.
 */
public final class ClientTls implements Reloadable {

  /**
   * A certificate to show.
   *
   * @param certificate followed by what it is signed by
   * @param key of the certificate
   */
  public record Shown(NamedFile certificate, NamedFile key) {}

  /**
   * The files, each PEM.
   *
   * @param authorities who may sign the gateway's certificate; where empty, the JDK's list decides
   * @param shown where empty, no certificate is shown
   */
  public record Files(Optional<NamedFile> authorities, Optional<Shown> shown) {
    private List<NamedFile> all() {
      return Stream.concat(
              authorities.stream(),
              shown.stream().flatMap(files -> Stream.of(files.certificate, files.key)))
          .toList();
    }
  }

  private final Reloading<SSLContext> reloading;
  private final SwitchableContext context;

  private ClientTls(Files files) {
    reloading =
        Reloading.load("TLS towards gateways", files.all(), contents -> context(files, contents));
    context = SwitchableContext.to(reloading.current());
  }

  /**
   * Reads the files. Blocks.
   *
   * @throws AccessException where they cannot be used
   */
  public static ClientTls load(Files files) {
    return new ClientTls(files);
  }

  private static SSLContext context(Files files, FileContents contents) {
    KeyManager @Nullable [] keys =
        files
            .shown
            .map(shown -> Identity.of(shown.certificate, shown.key, contents).keyManagers())
            .orElse(null);
    TrustManager @Nullable [] trust =
        files.authorities.map(file -> Trust.in(file, contents)).orElse(null);
    return SwitchableContext.context(keys, trust);
  }

  /** What a gRPC channel is made with. */
  public ChannelCredentials credentials() {
    return NettySslContextChannelCredentials.create(GrpcTls.of(context, true, ClientAuth.NONE));
  }

  @Override
  public Outcome look() {
    return reloading.look(context::switchTo);
  }
}
