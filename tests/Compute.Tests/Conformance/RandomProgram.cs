using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using ILGPU;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>Emits int F(int value, int uniform, ArrayView&lt;int&gt; memory) out of random nested statements, and a kernel that calls it.
/// Loops run at most seven rounds, so every program ends. Programs of negative seeds also exchange values with the other
/// threads of their group; their kernels are explicitly grouped and ignore the first argument.</summary>
internal sealed class RandomProgram
{
    private static readonly ConcurrentDictionary<int, (MethodInfo Function, MethodInfo Kernel)> Made = new();
    private static readonly MethodInfo Item = typeof(ArrayView<int>).GetMethod("get_Item", [typeof(int)])!;
    private static readonly MethodInfo SubView = typeof(ArrayView<int>).GetMethod("SubView", [typeof(int), typeof(int)])!;
    private static readonly MethodInfo IndexToInt = typeof(Index1D).GetMethods().First(method => method.Name == "op_Implicit" && method.ReturnType == typeof(int));

    private readonly Random _random;
    private readonly ILGenerator _il;
    private readonly LocalBuilder[] _ints;
    private readonly LocalBuilder _long, _float, _element;
    private readonly Stack<(Label Break, Label Continue)> _loops = new();
    private readonly Label _end;
    private readonly bool _exchanges;

    private RandomProgram(int seed, ILGenerator il, bool exchanges)
    {
        _exchanges = exchanges;
        (_random, _il) = (new Random(seed), il);
        _ints = [.. Enumerable.Range(0, 4).Select(_ => il.DeclareLocal(typeof(int)))];
        (_long, _float, _element) = (il.DeclareLocal(typeof(long)), il.DeclareLocal(typeof(float)), il.DeclareLocal(typeof(int)));
        _end = il.DefineLabel();
    }

    /// <summary>Makes the method and an implicitly grouped kernel (values, memory, results, uniform) around it.</summary>
    public static (MethodInfo Function, MethodInfo Kernel) Make(int seed) => Made.GetOrAdd(seed, static seed =>
    {
        AssemblyBuilder assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName($"RandomProgram{seed}"), AssemblyBuilderAccess.Run);
        TypeBuilder type = assembly.DefineDynamicModule("module").DefineType($"Program{seed}", TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        MethodBuilder function = type.DefineMethod("F", MethodAttributes.Public | MethodAttributes.Static, typeof(int), [typeof(int), typeof(int), typeof(ArrayView<int>)]);
        new RandomProgram(seed, function.GetILGenerator(), seed < 0).Emit();
        Type view = typeof(ArrayView<int>);
        MethodBuilder kernel = type.DefineMethod("Kernel", MethodAttributes.Public | MethodAttributes.Static, typeof(void), [typeof(Index1D), view, view, view, typeof(int)]);
        ILGenerator il = kernel.GetILGenerator();
        LocalBuilder index = il.DeclareLocal(typeof(int));
        if (seed < 0)
        {
            il.Emit(OpCodes.Call, typeof(RandomProgramExchange).GetMethod(nameof(RandomProgramExchange.Index))!);
        }
        else
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Call, IndexToInt);
        }
        il.Emit(OpCodes.Stloc, index);
        il.Emit(OpCodes.Ldarga, 3);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Call, Item);
        il.Emit(OpCodes.Ldarga, 1);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Call, Item);
        il.Emit(OpCodes.Ldind_I4);
        il.Emit(OpCodes.Ldarg, 4);
        il.Emit(OpCodes.Ldarga, 2);
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Ldc_I4_4);
        il.Emit(OpCodes.Mul);
        il.Emit(OpCodes.Ldc_I4_4);
        il.Emit(OpCodes.Call, SubView);
        il.Emit(OpCodes.Call, function);
        il.Emit(OpCodes.Stind_I4);
        il.Emit(OpCodes.Ret);
        Type made = type.CreateType();
        return (made.GetMethod("F")!, made.GetMethod("Kernel")!);
    });

    private void Emit()
    {
        for (int i = 0; i < _ints.Length; i++)
        {
            _il.Emit(OpCodes.Ldarg_0);
            _il.Emit(OpCodes.Ldc_I4, _random.Next(1, 9));
            _il.Emit(i % 2 == 0 ? OpCodes.Add : OpCodes.Mul);
            _il.Emit(OpCodes.Stloc, _ints[i]);
        }
        if (_exchanges)
            Exchanges();
        else
            Block(depth: 4, statements: 6);
        _il.MarkLabel(_end);
        // Everything that was computed goes into the result.
        _il.Emit(OpCodes.Ldloc, _long);
        _il.Emit(OpCodes.Conv_I4);
        foreach (LocalBuilder local in _ints)
        {
            _il.Emit(OpCodes.Ldc_I4, 31);
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Ldloc, local);
            _il.Emit(OpCodes.Add);
        }
        _il.Emit(OpCodes.Ldloc, _float);
        _il.Emit(OpCodes.Conv_I4);
        _il.Emit(OpCodes.Xor);
        _il.Emit(OpCodes.Ret);
    }

    // Divergent blocks with barriers between them, also inside a loop that all threads do together.
    private void Exchanges()
    {
        LocalBuilder counter = _il.DeclareLocal(typeof(int));
        for (int part = 0; part < 3; part++)
        {
            Label body = _il.DefineLabel();
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Stloc, counter);
            _il.MarkLabel(body);
            Block(depth: 3, statements: 3);
            Exchange();
            Block(depth: 2, statements: 2);
            if (_random.Next(2) == 0)
                Exchange();
            _il.Emit(OpCodes.Ldloc, counter);
            _il.Emit(OpCodes.Ldc_I4_1);
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Stloc, counter);
            _il.Emit(OpCodes.Ldloc, counter);
            _il.Emit(OpCodes.Ldarg_1);
            _il.Emit(OpCodes.Blt, body);
        }
    }

    private void Exchange()
    {
        LocalBuilder local = Local();
        _il.Emit(OpCodes.Ldloc, local);
        _il.Emit(OpCodes.Call, typeof(RandomProgramExchange).GetMethod(nameof(RandomProgramExchange.Exchange))!);
        _il.Emit(OpCodes.Stloc, local);
    }

    private void Block(int depth, int statements)
    {
        for (int i = _random.Next(1, statements + 1); i > 0; i--)
            Statement(depth);
    }

    private void Statement(int depth)
    {
        switch (_random.Next(depth > 0 ? 14 : 6))
        {
            case 0 or 1 or 2:
                Expression(2);
                _il.Emit(OpCodes.Stloc, Local());
                break;
            case 3:
                _il.Emit(OpCodes.Ldloc, _long);
                _il.Emit(OpCodes.Ldc_I8, 31L);
                _il.Emit(OpCodes.Mul);
                Expression(1);
                _il.Emit(OpCodes.Conv_I8);
                _il.Emit(OpCodes.Add);
                _il.Emit(OpCodes.Stloc, _long);
                break;
            case 4:
                _il.Emit(OpCodes.Ldloc, _float);
                _il.Emit(OpCodes.Ldc_R4, 0.5f);
                _il.Emit(OpCodes.Mul);
                Expression(1);
                _il.Emit(OpCodes.Conv_R4);
                _il.Emit(OpCodes.Add);
                _il.Emit(OpCodes.Stloc, _float);
                break;
            case 5:
                Memory();
                Expression(1);
                _il.Emit(OpCodes.Stind_I4);
                break;
            case 6 or 7 or 8:
                If(depth);
                break;
            case 9 or 10:
                Loop(depth);
                break;
            case 11:
                Switch(depth);
                break;
            case 12 when _loops.Count > 0:
                Condition();
                (Label breakTo, Label continueTo) = _loops.ElementAt(_random.Next(Math.Min(2, _loops.Count)));
                _il.Emit(OpCodes.Brtrue, _random.Next(2) == 0 ? breakTo : continueTo);
                break;
            case 13 when !_exchanges && _random.Next(3) == 0:
                Condition();
                _il.Emit(OpCodes.Brtrue, _end);     // a return
                break;
            default:
                If(depth);
                break;
        }
    }

    private void If(int depth)
    {
        Label otherwise = _il.DefineLabel(), end = _il.DefineLabel();
        Condition();
        _il.Emit(OpCodes.Brfalse, otherwise);
        if (_random.Next(3) == 0)       // a second part of the condition
        {
            Condition();
            _il.Emit(OpCodes.Brfalse, otherwise);
        }
        Block(depth - 1, 3);
        _il.Emit(OpCodes.Br, end);
        _il.MarkLabel(otherwise);
        if (_random.Next(2) == 0)
            Block(depth - 1, 3);
        _il.MarkLabel(end);
    }

    private void Loop(int depth)
    {
        LocalBuilder counter = _il.DeclareLocal(typeof(int)), bound = _il.DeclareLocal(typeof(int));
        Label body = _il.DefineLabel(), next = _il.DefineLabel(), test = _il.DefineLabel(), end = _il.DefineLabel();
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Stloc, counter);
        if (_random.Next(3) == 0)
            _il.Emit(OpCodes.Ldarg_1);      // the same bound in every thread
        else
            Expression(1);
        _il.Emit(OpCodes.Ldc_I4_7);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Stloc, bound);
        bool testFirst = _random.Next(2) == 0, twoParts = _random.Next(2) == 0;
        if (testFirst)
            _il.Emit(OpCodes.Br, test);
        _il.MarkLabel(body);
        _loops.Push((end, next));
        Block(depth - 1, 4);
        _loops.Pop();
        _il.MarkLabel(next);
        _il.Emit(OpCodes.Ldloc, counter);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, counter);
        _il.MarkLabel(test);
        if (twoParts)
        {
            Condition();
            _il.Emit(OpCodes.Brfalse, end);
        }
        _il.Emit(OpCodes.Ldloc, counter);
        _il.Emit(OpCodes.Ldloc, bound);
        _il.Emit(OpCodes.Blt, body);
        _il.MarkLabel(end);
    }

    private void Switch(int depth)
    {
        Label[] cases = [.. Enumerable.Range(0, _random.Next(2, 5)).Select(_ => _il.DefineLabel())];
        Label end = _il.DefineLabel();
        Expression(1);
        _il.Emit(OpCodes.Ldc_I4, 7);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Switch, cases);
        Block(depth - 1, 2);
        _il.Emit(OpCodes.Br, end);
        foreach (Label label in cases)
        {
            _il.MarkLabel(label);
            Block(depth - 1, 2);
            if (_random.Next(4) != 0)       // sometimes on into the next case
                _il.Emit(OpCodes.Br, end);
        }
        _il.MarkLabel(end);
    }

    private void Condition()
    {
        Expression(1);
        if (_random.Next(4) == 0)
            _il.Emit(OpCodes.Ldarg_1);
        else
            Expression(1);
        OpCode[] compares = [OpCodes.Ceq, OpCodes.Clt, OpCodes.Cgt, OpCodes.Clt_Un, OpCodes.Cgt_Un];
        _il.Emit(compares[_random.Next(compares.Length)]);
    }

    private void Expression(int depth)
    {
        if (depth == 0 || _random.Next(4) == 0)
        {
            switch (_random.Next(7))
            {
                case 0: _il.Emit(OpCodes.Ldc_I4, _random.Next(-20, 100)); break;
                case 1: _il.Emit(OpCodes.Ldarg_0); break;
                case 2: _il.Emit(OpCodes.Ldarg_1); break;
                case 3:
                    Memory();
                    _il.Emit(OpCodes.Ldind_I4);
                    break;
                default: _il.Emit(OpCodes.Ldloc, Local()); break;
            }
            return;
        }
        Expression(depth - 1);
        Expression(depth - 1);
        switch (_random.Next(9))
        {
            case 0: _il.Emit(OpCodes.Add); break;
            case 1: _il.Emit(OpCodes.Sub); break;
            case 2: _il.Emit(OpCodes.Mul); break;
            case 3: _il.Emit(OpCodes.And); break;
            case 4: _il.Emit(OpCodes.Or); break;
            case 5: _il.Emit(OpCodes.Xor); break;
            case 6:
                _il.Emit(OpCodes.Ldc_I4, 31);
                _il.Emit(OpCodes.And);
                _il.Emit(_random.Next(2) == 0 ? OpCodes.Shr : OpCodes.Shl);
                break;
            case 7: _il.Emit(OpCodes.Call, typeof(Math).GetMethod(_random.Next(2) == 0 ? "Min" : "Max", [typeof(int), typeof(int)])!); break;
            default:        // never a division by zero
                _il.Emit(OpCodes.Ldc_I4, 15);
                _il.Emit(OpCodes.And);
                _il.Emit(OpCodes.Ldc_I4_1);
                _il.Emit(OpCodes.Add);
                _il.Emit(_random.Next(2) == 0 ? OpCodes.Div : OpCodes.Rem);
                break;
        }
    }

    private void Memory()
    {
        _il.Emit(OpCodes.Ldloc, Local());
        _il.Emit(OpCodes.Ldc_I4_3);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Stloc, _element);
        _il.Emit(OpCodes.Ldarga, 2);
        _il.Emit(OpCodes.Ldloc, _element);
        _il.Emit(OpCodes.Call, Item);
    }

    private LocalBuilder Local() => _ints[_random.Next(_ints.Length)];
}

/// <summary>What random kernels call.</summary>
public static class RandomProgramExchange
{
    public static int Index() => Grid.GlobalIndex.X;

    /// <summary>The value of the next thread of the group.</summary>
    public static int Exchange(int value)
    {
        ArrayView<int> shared = SharedMemory.Allocate<int>(128);
        shared[Group.IdxX] = value;
        Group.Barrier();
        int next = shared[(Group.IdxX + 1) % Group.DimX];
        Group.Barrier();
        return next;
    }
}
