// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
// Connects as Java programs make them. Usage: Connects.java socket|channel ROUNDS HOST PORT...

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

class Connects {
    static final int PATIENCE_MS = 1200;
    static final int AT_ONCE = 32;

    static boolean bySocket(InetSocketAddress target) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(target, PATIENCE_MS);
            return true;
        }
    }

    static boolean byChannel(InetSocketAddress target) throws IOException {
        try (Selector selector = Selector.open(); SocketChannel channel = SocketChannel.open()) {
            channel.configureBlocking(false);
            if (channel.connect(target)) {
                return true;
            }
            channel.register(selector, SelectionKey.OP_CONNECT);
            return selector.select(PATIENCE_MS) == 1 && channel.finishConnect();
        }
    }

    public static void main(String[] words) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        AtomicInteger open = new AtomicInteger();
        for (int round = 0; round < Integer.parseInt(words[1]); round++) {
            for (int i = 3; i < words.length; i++) {
                InetSocketAddress target = new InetSocketAddress(words[2], Integer.parseInt(words[i]));
                threads.submit(() -> {
                    try {
                        if (words[0].equals("socket") ? bySocket(target) : byChannel(target)) {
                            open.incrementAndGet();
                        }
                    } catch (IOException refused) {
                        // As the target is.
                    }
                });
            }
        }
        threads.shutdown();
        threads.awaitTermination(10, TimeUnit.MINUTES);
        System.out.println(open + " open");
    }
}
