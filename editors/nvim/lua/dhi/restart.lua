local M = {}

--- Stops the servers and starts them anew in the buffers that they served.
function M.restart()
  local buffers = {}
  for _, client in ipairs(vim.lsp.get_clients({ name = 'dhi_ls' })) do
    vim.list_extend(buffers, vim.tbl_keys(client.attached_buffers))
    if vim.fn.has('nvim-0.11') == 1 then
      client:stop()
    else
      client.stop()
    end
  end
  local timer = vim.uv.new_timer()
  local left = 50
  timer:start(100, 100, vim.schedule_wrap(function()
    left = left - 1
    if #vim.lsp.get_clients({ name = 'dhi_ls' }) > 0 and left > 0 then
      return
    end
    if timer:is_closing() then
      return
    end
    timer:close()
    for _, bufnr in ipairs(buffers) do
      if vim.api.nvim_buf_is_loaded(bufnr) then
        require('dhi').attach(bufnr)
      end
    end
  end))
end

return M
