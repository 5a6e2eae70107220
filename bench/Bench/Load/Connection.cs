using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Salus.Bench.Load;

/// <summary>One keep-alive connection over the loopback. Sends bytes that are ready and looks at no more of an answer than its length: a request costs two system calls.</summary>
internal sealed class Connection : IDisposable
{
    /// <summary>In place of a status: more is to come.</summary>
    public const int Unfinished = -1;

    /// <summary>In place of a status: the connection was lost.</summary>
    public const int Broken = 0;

    /// <summary>Milliseconds until an answer is given up.</summary>
    public const int Patience = 60_000;

    private readonly int port;
    private readonly byte[] sending = new byte[64 * 1024];
    private byte[] received = new byte[64 * 1024];
    private Socket? socket;
    private int length;

    public Connection(int port)
    {
        this.port = port;
        socket = Open();
    }

    /// <summary>Bytes that came in.</summary>
    public long Received { get; private set; }

    /// <summary>For waiting until something comes in; null while it is broken.</summary>
    public Socket? Socket => socket;

    /// <summary>Sends one request and waits for its whole answer; gives the status, or 0 when the connection broke.</summary>
    public int Send(Shot shot, long number)
    {
        var status = Begin(shot, number) ? Unfinished : Broken;
        while (status == Unfinished)
        {
            status = Receive();
        }

        return status;
    }

    /// <summary>Sends a request; false when the connection broke. The next request opens another one.</summary>
    public bool Begin(Shot shot, long number)
    {
        try
        {
            socket ??= Open();
            length = 0;
            var bytes = shot.Bytes.AsSpan();
            if (shot.NumberAt >= 0)
            {
                bytes.CopyTo(sending);
                bytes = sending.AsSpan(0, bytes.Length);
                number.TryFormat(bytes.Slice(shot.NumberAt, Shot.NumberDigits), out _, "D12");
            }

            while (!bytes.IsEmpty)
            {
                bytes = bytes[socket.Send(bytes)..];
            }

            return true;
        }
        catch (SocketException)
        {
            Break();
            return false;
        }
    }

    /// <summary>Takes what has come in, and waits for it when nothing has: the status of the answer, <see cref="Unfinished"/> or <see cref="Broken"/>.</summary>
    public int Receive()
    {
        if (length == received.Length)
        {
            Array.Resize(ref received, 2 * length);
        }

        try
        {
            var count = socket!.Receive(received.AsSpan(length));
            Received += count;
            length += count;
            if (count == 0)
            {
                Break();
                return Broken;
            }
        }
        catch (SocketException)
        {
            Break();
            return Broken;
        }

        var total = Total(received.AsSpan(0, length));
        return total > 0 && length >= total ? Status(received) : Unfinished;
    }

    public void Break()
    {
        socket?.Dispose();
        socket = null;
    }

    public void Dispose() => Break();

    // Length of the whole answer; 0 as long as it cannot be told.
    private static int Total(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return 0;
        }

        var headers = answer[..(head + 2)];
        var at = headers.IndexOf("\r\nContent-Length: "u8);
        if (at >= 0)
        {
            return Utf8Parser.TryParse(headers[(at + 18)..], out int body, out _) ? head + 4 + body : throw new InvalidDataException("An answer's Content-Length is no number.");
        }

        if (headers.IndexOf("\r\nTransfer-Encoding: chunked"u8) < 0)
        {
            return head + 4;
        }

        return answer.EndsWith("\r\n0\r\n\r\n"u8) || answer[(head + 4)..].SequenceEqual("0\r\n\r\n"u8) ? answer.Length : 0;
    }

    // HTTP/1.1 200
    private static int Status(ReadOnlySpan<byte> answer) => ((answer[9] - '0') * 100) + ((answer[10] - '0') * 10) + (answer[11] - '0');

    private Socket Open()
    {
        var opened = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = Patience, SendTimeout = Patience };
        opened.Connect(new IPEndPoint(IPAddress.Loopback, port));
        return opened;
    }
}
