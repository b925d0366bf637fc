package dev.sluice.gateway.access;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's own certificate, for gRPC and for HTTP, and whose certificates callers need. The
 * files are read anew when they change: connections that there are go on, new ones get the new
 * certificate.
 */
public final class ServerTls implements Reloadable {

  /**
   * The files, each PEM.
   *
   * @param certificate of this gateway, followed by what it is signed by
   * @param key of the certificate
   * @param clientAuthorities who may sign the callers' certificates; where empty, callers need none
   */
  public record Files(NamedFile certificate, NamedFile key, Optional<NamedFile> clientAuthorities) {
    private List<NamedFile> all() {
      return Stream.concat(Stream.of(certificate, key), clientAuthorities.stream()).toList();
    }
  }

  private record Contexts(SSLContext grpc, SSLContext http, SSLContext peers) {}

  private final boolean trustsClients;
  private final SwitchableContext grpc;
  private final SwitchableContext http;
  private final SwitchableContext peers;
  private final Reloading<Contexts> reloading;

  private ServerTls(Files files) {
    trustsClients = files.clientAuthorities.isPresent();
    reloading = Reloading.load("TLS", files.all(), contents -> contexts(files, contents));
    grpc = SwitchableContext.to(reloading.current().grpc);
    http = SwitchableContext.to(reloading.current().http);
    peers = SwitchableContext.to(reloading.current().peers);
  }

  /**
   * Reads the files. Blocks.
   *
   * @throws AccessException where they cannot be used; then nothing may be served
   */
  public static ServerTls load(Files files) {
    return new ServerTls(files);
  }

  /** Apart, so that no session of one is resumed at the other, whose demands may differ. */
  private static Contexts contexts(Files files, FileContents contents) {
    KeyManager[] keys = Identity.of(files.certificate, files.key, contents).keyManagers();
    TrustManager @Nullable [] trust =
        files.clientAuthorities.map(file -> Trust.in(file, contents)).orElse(null);
    return new Contexts(
        SwitchableContext.context(keys, trust),
        SwitchableContext.context(keys, trust),
        SwitchableContext.context(keys, Trust.anyone()));
  }

  private void use(Contexts next) {
    grpc.switchTo(next.grpc);
    http.switchTo(next.http);
    peers.switchTo(next.peers);
  }

  /** What gRPC's server takes; callers need a certificate where there are authorities for them. */
  public SslContext forGrpc() {
    return GrpcTls.of(grpc, false, trustsClients ? ClientAuth.REQUIRE : ClientAuth.NONE);
  }

  /**
   * What connections to other gateways take: encrypted, with our certificate shown to those who ask
   * for one, and theirs not looked at, since what passes proves itself.
   */
  public SslContext forPeers() {
    return GrpcTls.of(peers, true, ClientAuth.NONE);
  }

  /** What an HTTP server takes, which has to ask for certificates itself. */
  public SSLContext forHttp() {
    return http;
  }

  /** The versions that are spoken. */
  public static String[] protocols() {
    return new String[] {"TLSv1.3", "TLSv1.2"};
  }

  @Override
  public Outcome look() {
    return reloading.look(this::use);
  }

  @Override
  public String toString() {
    return "ServerTls[" + (trustsClients ? "with" : "without") + " client certificates]";
  }
}
