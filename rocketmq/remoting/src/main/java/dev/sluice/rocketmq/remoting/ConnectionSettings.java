package dev.sluice.rocketmq.remoting;

import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tally;
import dev.sluice.rocketmq.wire.FrameEncoder;
import dev.sluice.rocketmq.wire.FrameLimits;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What all connections of one client share. Immutable but for what it counts in. */
record ConnectionSettings(
    String clientId,
    NameServerAddresses nameServers,
    @Nullable SslContext tls,
    Class<? extends SocketChannel> channel,
    FrameLimits frames,
    FrameEncoder encoder,
    CallLimits limits,
    Duration connectTimeout,
    Duration silenceLimit,
    Duration minReconnectDelay,
    Duration maxReconnectDelay,
    Clock clock,
    Ledger ledger,
    Tally pendingCalls,
    Processors processors,
    @Nullable Credentials credentials) {}
